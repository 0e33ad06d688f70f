/** What is wrong with the disk or the thread of a ledger under test. */
export interface Faults {
  readonly shared: SharedArrayBuffer;
  /** How long each commit takes more. One that stands still goes on when this is changed. */
  delayMs: number;
  /** The thread ends before each commit, as if it had run out of memory. */
  crash: boolean;
  /** Pages that the disk has room for; 0 for as many as there are. */
  pages: number;
  /** The thread ends after the next commit, before it can tell anyone; then this is false again. */
  crashAfter: boolean;
  /** Commits that began. */
  readonly begun: number;
  begin(): void;
  /** Waits for so long, which was the delay, or until that is changed; for the ledger's thread. */
  standStill(delayMs: number): void;
  /** Whether the thread is to end after this commit; for the ledger's thread. */
  takeCrashAfter(): boolean;
}

export function faultsIn(shared: SharedArrayBuffer = new SharedArrayBuffer(20)): Faults {
  const values = new Int32Array(shared);
  const at = (index: number) => Atomics.load(values, index);
  return {
    shared,
    get delayMs() {
      return at(0);
    },
    set delayMs(value) {
      Atomics.store(values, 0, value);
      Atomics.notify(values, 0);
    },
    get crash() {
      return at(1) === 1;
    },
    set crash(value) {
      Atomics.store(values, 1, value ? 1 : 0);
    },
    get pages() {
      return at(2);
    },
    set pages(value) {
      Atomics.store(values, 2, value);
    },
    get crashAfter() {
      return at(4) === 1;
    },
    set crashAfter(value) {
      Atomics.store(values, 4, value ? 1 : 0);
    },
    get begun() {
      return at(3);
    },
    begin: () => Atomics.add(values, 3, 1),
    standStill: (delayMs) => void Atomics.wait(values, 0, delayMs, delayMs),
    takeCrashAfter: () => Atomics.exchange(values, 4, 0) === 1,
  };
}

export const faultyThread = (faults: Faults) => ({
  url: new URL("./faulty-thread.ts", import.meta.url),
  faults: faults.shared,
});
