import { createLogUpdate } from "log-update";

/** Tells what is being done and for how long: one line that is drawn over on a terminal, a line for each elsewhere. */
export interface ProgressLine {
  readonly begin: (what: string) => void;
  /** Takes the line away, so that a result may stand there. */
  readonly end: () => void;
}

const REDRAW_MS = 1_000;

export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { begin: (what) => stream.write(`${what}\n`), end: () => {} };
  const update = createLogUpdate(stream, { showCursor: true });
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearInterval(timer);
    update.clear();
  };
  return {
    begin(what) {
      end();
      const startedMs = performance.now();
      const draw = () => {
        const seconds = Math.round((performance.now() - startedMs) / 1_000);
        update(`${what}: ${seconds} s`);
      };
      draw();
      timer = setInterval(draw, REDRAW_MS);
    },
    end,
  };
}
