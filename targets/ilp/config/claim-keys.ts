import type { KeyObject } from "node:crypto";
import type { ClaimRules } from "../claims/claims.ts";
import { ClaimError } from "../claims/error.ts";
import { readKeyFile } from "../claims/key-file.ts";
import type { Contradiction, NodeFile } from "./node-config.ts";

/** Peers' claims with their keys at hand, and what is wrong with key files. */
export interface ClaimKeys {
  /** By peer's name; of those with the key `claims`. */
  readonly claims: ReadonlyMap<string, ClaimRules>;
  readonly faults: readonly Contradiction[];
}

/** Reads each key file, once: whoever comes later has the keys, and a file that changes meanwhile changes nothing. */
export function readClaimKeys({ peers }: NodeFile): ClaimKeys {
  const claims = new Map<string, ClaimRules>();
  const faults: Contradiction[] = [];
  for (const [i, peer] of peers.entries()) {
    if (peer.claims === undefined) continue;
    const { signWith, verifyWith, ...rules } = peer.claims;
    const read = (key: "signWith" | "verifyWith", path: string | undefined): KeyObject | undefined => {
      if (path === undefined) return undefined;
      try {
        return readKeyFile(path, key === "signWith" ? "private" : "public");
      } catch (error) {
        if (!(error instanceof ClaimError)) throw error;
        faults.push({ path: ["peers", i, "claims", key], message: error.message });
        return undefined;
      }
    };
    claims.set(peer.name, {
      ...rules,
      signWith: read("signWith", signWith),
      verifyWith: read("verifyWith", verifyWith),
    });
  }
  return { claims, faults };
}
