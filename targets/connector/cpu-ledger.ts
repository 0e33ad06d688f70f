/**
 * Splits the process's CPU time over accounts (one a variant) without counting any of it twice.
 *
 * CPU time cannot be measured per request in one event loop: parsing, garbage collection and socket writes
 * happen before, between and after handlers. So the ledger charges whole stretches: everything consumed since
 * the last change of account goes to the account that was current. When load comes in blocks, one variant
 * at a time, delta(cpu) / delta(requests) is then the full price of a request, kernel time included.
 *
 * The clock is process.cpuUsage(), not threadCpuUsage(): garbage-collection helpers and the libuv pool work
 * for the request too. It costs 0.7 us (thread: 0.4 us), and is read only when the account changes.
 */
export interface CpuLedger {
  /** Makes `account` current; what was consumed since the last change is charged to the one before it. */
  enter(account: string): void;
  /** The current account. */
  current(): string;
  /** CPU microseconds by account, settled up to now; the sum is the process's CPU time. */
  balances(): ReadonlyMap<string, number>;
}

/** Where CPU time goes until the first request arrives. */
export const STARTUP_ACCOUNT = "startup";

/** @param cpuUs CPU time consumed by the process so far, in microseconds */
export function cpuLedger(cpuUs: () => number = processCpuUs): CpuLedger {
  const balances = new Map<string, number>();
  let account = STARTUP_ACCOUNT;
  let chargedUs = 0;

  function settle(): void {
    const nowUs = cpuUs();
    balances.set(account, (balances.get(account) ?? 0) + nowUs - chargedUs);
    chargedUs = nowUs;
  }

  return {
    enter(next) {
      if (next !== account) {
        settle();
        account = next;
      }
    },
    current: () => account,
    balances() {
      settle();
      return balances;
    },
  };
}

/** User and system CPU time of this process since it started, in microseconds. */
export function processCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
