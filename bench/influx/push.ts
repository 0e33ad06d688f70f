import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { type RunFolder, readRun, resourcesOf, windowsOf } from "../results/store.ts";
import { WindowError } from "../windows/window.ts";
import { type Backoff, jitteredBackoff } from "./backoff.ts";
import type { Deliver } from "./delivery.ts";
import { BATCH } from "./outbox.ts";
import { type InfluxPoint, lineOf } from "./point.ts";
import { PointsOfRun } from "./points-of-run.ts";

/** Attempts at one batch; the back-off between them adds up to some 20 s. */
const ATTEMPTS = 6;
const WRITE_TIMEOUT_MS = 30_000;

/** Every point of a stored run. */
export async function* pointsOfFolder(folder: RunFolder): AsyncGenerator<InfluxPoint> {
  const run = readRun(folder);
  const points = new PointsOfRun(run);
  yield* points.start();
  try {
    for await (const window of windowsOf(folder)) yield* points.window(window);
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `${join(folder.path, "windows.ndjson")}: ${error.message}`);
  }
  for await (const sample of resourcesOf(folder)) yield* points.resources(sample);
  yield* points.end(run);
}

/**
 * Sends a stored run, and gives back how many points it has. A Failure says what the database had against it; then the same
 * again sends the rest: a point that is there is only written over by itself.
 */
export async function push(
  folder: RunFolder,
  deliver: Deliver,
  backoff: Backoff = jitteredBackoff(),
): Promise<number> {
  let sent = 0;
  let batch: string[] = [];
  const ship = async () => {
    await shipped(batch, sent, deliver, backoff);
    sent += batch.length;
    batch = [];
  };
  for await (const point of pointsOfFolder(folder)) {
    const line = lineOf(point);
    if (line !== undefined) batch.push(line);
    if (batch.length === BATCH) await ship();
  }
  if (batch.length > 0) await ship();
  return sent;
}

async function shipped(
  batch: readonly string[],
  before: number,
  deliver: Deliver,
  backoff: Backoff,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const delivery = await deliver(batch, AbortSignal.timeout(WRITE_TIMEOUT_MS));
    if (delivery.taken && delivery.refused === 0) return backoff.reset();
    if (delivery.taken) {
      throw new Failure("FAULT", `InfluxDB refuses ${count(delivery.refused)} points: ${delivery.why}`);
    }
    if (attempt === ATTEMPTS) {
      throw new Failure(
        "FAULT",
        `InfluxDB stopped taking points after ${count(before)} (${delivery.why}); the same command sends all again, none twice`,
      );
    }
    await sleep(backoff.next());
  }
}
