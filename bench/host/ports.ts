import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;

/** Whether a port on 127.0.0.1 can be listened on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether a port can be listened on, now or soon: who holds it may be about to end. */
export async function becomesFree(port: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await isFree(port))) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}
