import { type KeyObject, sign, verify } from "node:crypto";

/** Something to sign, or, with a signature, to verify. */
export interface Job {
  readonly key: KeyObject;
  readonly bytes: Uint8Array;
  readonly signature?: Uint8Array;
}

/** A signature of 64 bytes, or whether there was a right one. */
export type Result = Uint8Array | boolean;

/**
 * What a thread of the pool does. It keeps nothing: a key comes with each job, which costs less than a microsecond, as a
 * KeyObject's copy is a reference.
 */
export function answer(jobs: readonly Job[]): Result[] {
  return jobs.map(({ key, bytes, signature }) =>
    signature === undefined ? sign(null, bytes, key) : verify(null, bytes, key, signature),
  );
}
