import { z } from "zod";
import { MAX_RING } from "./entry-ring.ts";

/** Largest batch: an ExactSum and a fold stay far within their exact range. */
const MAX_BATCH = 8_192;

const batching = (maxDelayMs: number) => ({
  /** Entries of one commit (a reserve, a post and a void are one each), at most. */
  maxTransfers: z.int().min(1).max(MAX_BATCH).default(100),
  /** How long an entry may wait for others before they are written. */
  maxDelayMs: z.number().min(0).max(1_000).default(maxDelayMs),
  /** Entries that may wait for the ledger; beyond it reserves are told FULL. */
  maxQueued: z
    .int()
    .min(2)
    .max(MAX_RING / 2)
    .default(16_384),
  /** Transfers that may be pending; beyond it reserves are told FULL. */
  maxHolds: z
    .int()
    .min(1)
    .max(MAX_RING / 2)
    .default(65_536),
  /** How long posts wait for a ledger that is down before they are told DOWN, in milliseconds. */
  patienceMs: z.number().min(0).max(60_000).default(1_000),
  /** How long the disk or the server may take for a batch before the ledger counts as down, in milliseconds. */
  timeoutMs: z.number().min(10).max(60_000).default(2_000),
  /** No hold lasts longer, whatever its expiry, in milliseconds. */
  maxHoldMs: z.int().min(1_000).max(86_400_000).default(600_000),
  maxAccounts: z.int().min(2).max(65_535).default(10_000),
});

export const sqliteOptions = z.strictObject({
  kind: z.literal("sqlite"),
  /** The database; its folder must exist. `<file>.lock` beside it keeps a second writer out. */
  file: z.string().min(1),
  /** Settled transfers that stay in the journal; older ones are folded into their accounts' sums. */
  keepSettled: z.int().min(0).max(1_000_000_000).default(1_000_000),
  ...batching(2),
});

export const tigerBeetleOptions = z.strictObject({
  kind: z.literal("tigerbeetle"),
  /** Of every replica: `host:port` or a port, at most six. */
  addresses: z.array(z.string().min(1)).min(1).max(6).readonly(),
  clusterId: z.coerce.bigint().min(0n).default(0n),
  /** Keeps the accounts and transfers of several nodes in one cluster apart. */
  namespace: z.string().min(1).max(1_023),
  ...batching(10),
});

/** The `ledger` key of a node's configuration. */
export const ledgerOptions = z.discriminatedUnion("kind", [sqliteOptions, tigerBeetleOptions], {
  error: "must be one of sqlite, tigerbeetle",
});

export type SqliteOptions = Readonly<z.infer<typeof sqliteOptions>>;
export type TigerBeetleOptions = Readonly<z.infer<typeof tigerBeetleOptions>>;
export type LedgerOptions = SqliteOptions | TigerBeetleOptions;
