import type { Plan } from "../../scenarios/lib/plan.ts";
import { Failure } from "../failure.ts";

/** What a profile needs: less says nothing, and each heap snapshot takes a second or two of it. */
const SHORTEST_S = 14;
/** After the load has reached its rate, which is known to a second, and after a snapshot, which holds everything up. */
const SETTLE_S = 1.5;
/** The second snapshot is taken while the load still runs. */
const SNAPSHOT_S = 3;
/** More samples make a profile larger, and hardly better. */
const LONGEST_PROFILE_S = 60;
/** Share of the time that is not profiled, so that there is something to compare with. */
const PLAIN_SHARE = 1 / 3;

/** When what is done, seconds from the first request. */
export interface Stretches {
  readonly firstSnapshotAt: number;
  readonly plainFrom: number;
  readonly profileFrom: number;
  readonly profileTo: number;
}

/**
 * Lays the profile into the longest steady stage of a load, that of the highest rate where several are as long, or into the
 * longest stage where none is steady: a snapshot, a stretch without the sampler, one with it, a snapshot.
 *
 * @throws Failure USAGE where no stage is long enough
 */
export function stretchesOf({ scenario, load, warmUpSeconds }: Plan): Stretches {
  let at = warmUpSeconds;
  let level = load.from;
  const stages = load.stages.map(({ seconds, to }) => {
    const stage = { from: at, seconds, to, steady: to === level };
    at += seconds;
    level = to;
    return stage;
  });
  const long = stages.filter(({ seconds }) => seconds >= SHORTEST_S);
  const [best] = long.sort(
    (a, b) => Number(b.steady) - Number(a.steady) || b.seconds - a.seconds || b.to - a.to,
  );
  if (best === undefined) {
    throw new Failure(
      "USAGE",
      `no stage of ${scenario} lasts ${SHORTEST_S} s: make it longer with --seconds, or take --profile full`,
    );
  }
  const firstSnapshotAt = best.from + SETTLE_S;
  const plainFrom = firstSnapshotAt + SNAPSHOT_S + SETTLE_S;
  const to = best.from + best.seconds - SNAPSHOT_S;
  const profileSeconds = Math.min(LONGEST_PROFILE_S, (to - plainFrom) * (1 - PLAIN_SHARE));
  const profileFrom = plainFrom + profileSeconds * (PLAIN_SHARE / (1 - PLAIN_SHARE));
  return {
    firstSnapshotAt,
    plainFrom,
    profileFrom,
    profileTo: profileFrom + profileSeconds,
  };
}

/** Less than this with the sampler on names hardly a function. */
const LEAST_PROFILE_S = 2;

/**
 * The same once the first snapshot is over: of a large heap it takes longer than was planned, and what is left is shared out
 * anew, so that the snapshot's own work is in no stretch.
 *
 * @param snapshotTo when it was over, seconds from the first request
 * @returns undefined where too little is left
 */
export function afterSnapshot(planned: Stretches, snapshotTo: number): Stretches | undefined {
  const plainFrom = Math.max(planned.plainFrom, snapshotTo + SETTLE_S);
  if (plainFrom === planned.plainFrom) return planned;
  const left = planned.profileTo - plainFrom;
  if (left * (1 - PLAIN_SHARE) < LEAST_PROFILE_S) return undefined;
  return { ...planned, plainFrom, profileFrom: plainFrom + left * PLAIN_SHARE };
}
