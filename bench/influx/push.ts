import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { type RunFolder, readRun, resourcesOf, windowsOf } from "../results/store.ts";
import { WindowError } from "../windows/window.ts";
import { type Backoff, jitteredBackoff } from "./backoff.ts";
import type { Deliver, Delivery } from "./delivery.ts";
import { LineQueue } from "./line-queue.ts";
import { type InfluxPoint, lineOf } from "./point.ts";
import { PointsOfRun, tooManySeries } from "./points-of-run.ts";
import { WriteLimit } from "./write-limit.ts";

/** Attempts at one batch; the back-off between them adds up to some 20 s. */
const ATTEMPTS = 6;
const WRITE_TIMEOUT_MS = 30_000;

/**
 * Every point of a stored run.
 *
 * @param say told in a line of what is left out
 */
export async function* pointsOfFolder(
  folder: RunFolder,
  say: (line: string) => void = () => {},
): AsyncGenerator<InfluxPoint> {
  const run = readRun(folder);
  const points = new PointsOfRun(run);
  const onCut = (file: string) => say(`the last line of ${file} was cut, and is left out`);
  yield* points.start();
  try {
    for await (const window of windowsOf(folder, onCut)) yield* points.window(window);
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `${join(folder.path, "windows.ndjson")}: ${error.message}`);
  }
  for await (const sample of resourcesOf(folder, onCut)) yield* points.resources(sample);
  yield* points.end(run);
  if (points.leftOut > 0) say(tooManySeries(points.leftOut));
}

/** Points the database would not have, and what it said of the first. */
interface Refusals {
  points: number;
  why: string;
}

/**
 * Sends a stored run, and gives back how many points it has. A Failure says what the database had against it: of points it
 * refuses when the others are sent; of one that is away at once, and then the same again sends the rest: a point that is
 * there is only written over by itself.
 */
export async function push(
  folder: RunFolder,
  deliver: Deliver,
  backoff: Backoff = jitteredBackoff(),
  say: (line: string) => void = () => {},
): Promise<number> {
  const refused: Refusals = { points: 0, why: "" };
  const limit = new WriteLimit();
  const queue = new LineQueue();
  let sent = 0;
  const ship = async () => {
    const { lines, delivery } = await shipped(queue, limit, sent, deliver, backoff);
    if (refused.points === 0) refused.why = delivery.why;
    refused.points += delivery.refused;
    sent += lines;
  };
  for await (const point of pointsOfFolder(folder, say)) {
    const line = lineOf(point);
    if (line !== undefined) queue.add([line]);
    while (queue.length >= limit.lines || queue.bytes >= limit.bytes) await ship();
  }
  while (queue.length > 0) await ship();
  if (refused.points > 0) {
    throw new Failure(
      "FAULT",
      `InfluxDB refused ${count(refused.points)} of ${count(sent)} points, and has the others: ${refused.why}`,
    );
  }
  return sent;
}

/** Sends the first of what waits: as much as goes in one write. */
async function shipped(
  queue: LineQueue,
  limit: WriteLimit,
  before: number,
  deliver: Deliver,
  backoff: Backoff,
): Promise<{ readonly lines: number; readonly delivery: Extract<Delivery, { readonly taken: true }> }> {
  for (let attempt = 1; ; ) {
    const batch = queue.take(limit);
    const delivery = await deliver(batch, AbortSignal.timeout(WRITE_TIMEOUT_MS));
    if (delivery.taken) {
      backoff.reset();
      return { lines: batch.length, delivery };
    }
    queue.putBack(batch);
    if (delivery.tooLarge) {
      limit.tooLarge(batch);
      continue;
    }
    if (attempt++ === ATTEMPTS) {
      throw new Failure(
        "FAULT",
        `InfluxDB stopped taking points after ${count(before)} (${delivery.why}); the same command sends all again, none twice`,
      );
    }
    await sleep(backoff.next());
  }
}
