import type { Client } from "tigerbeetle-node";
import { LedgerError } from "./ledger.ts";

/** What we use of TigerBeetle's client. */
export type TigerBeetleClient = Pick<
  Client,
  "createAccounts" | "createTransfers" | "lookupAccounts" | "lookupTransfers" | "destroy"
>;

/** Makes a client, and another when the first is of no more use. */
export type Connect = () => TigerBeetleClient;

interface Package {
  createClient(args: { cluster_id: bigint; replica_addresses: string[] }): TigerBeetleClient;
}

/**
 * Loads the optional package `tigerbeetle-node`. A client connects by itself, and tries for ever: that a server answers
 * is for the first request to find out.
 *
 * @throws LedgerError UNUSABLE when the package is not there or has no build for this system
 */
export async function tigerBeetle(
  addresses: readonly string[],
  clusterId: bigint,
  load: () => Promise<Package> = () => import("tigerbeetle-node"),
): Promise<Connect> {
  const { createClient } = await load().catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new LedgerError(
      "UNUSABLE",
      `a TigerBeetle ledger needs the optional package tigerbeetle-node (npm install tigerbeetle-node): ${why}`,
    );
  });
  return () => {
    try {
      return createClient({ cluster_id: clusterId, replica_addresses: [...addresses] });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LedgerError(
        "UNUSABLE",
        `TigerBeetle at ${addresses.join(", ")}: ${why.replace(/\.$/, "")} (an IP address and port, or a port; no host names)`,
      );
    }
  };
}
