import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { writeAddress } from "../../../wire/address.ts";
import { WireError } from "../../../wire/error.ts";
import { MAX_ADDRESS } from "../../../wire/ilp.ts";
import type { PeerLimits } from "../checks/peer-checks.ts";
import { ASSET_CODE, MAX_SCALE } from "../claims/claim.ts";
import type { ClaimRules } from "../claims/claims.ts";
import { ledgerOptions } from "../ledger/options.ts";
import { prefixFault } from "../routing/route.ts";
import { NODE_ID } from "../telemetry/event.ts";
import { btpLimits } from "./btp-limits.ts";

/** The environment variables a file may name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A name that stands in URLs, metric labels and JSON as it is. */
const name = z.string().regex(NODE_ID, "must be 1 to 64 letters, digits, _ - or .");
const port = z.int().min(0).max(65_535);
/** Units of an asset. Up to 2^53 - 1, so that all sums the checks make are exact. */
const units = z.int().min(0);
const isWsUrl = (text: string) => /^wss?:$/.test(URL.parse(text)?.protocol ?? "");
const wsUrl = z.string().refine(isWsUrl, "must be a ws:// or wss:// URL");

const address = z.string().check((context) => {
  try {
    writeAddress(context.value, new Uint8Array(MAX_ADDRESS + 1), 0);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    context.issues.push({ code: "custom", input: context.value, message: error.message });
  }
});

const prefix = z.string().check((context) => {
  const fault = prefixFault(context.value);
  if (fault !== undefined) context.issues.push({ code: "custom", input: context.value, message: fault });
});

/** A PEM file with an Ed25519 key, from the working directory on, as the ledger's file is; read in claim-keys.ts. */
const keyFile = z.string().min(1);

const HELD_PACKETS = 20_000;

/** A peer in the file; {@link Peer} is what it becomes. */
const peer = z.strictObject({
  /** Its name in routes, metrics and telemetry. */
  name,
  /** The shared secret of the BTP session (RFC 0023, Authentication), here or in an environment variable. */
  token: z.string().min(1).max(1024).optional(),
  tokenEnv: z.string().min(1).optional(),
  /** Where to dial the peer; or, exactly one of both, `listens: true` when the peer dials us. */
  dial: wsUrl.optional(),
  listens: z.literal(true).optional(),
  /** Most BTP connections at once of a peer that dials us. */
  sockets: z.int().min(1).max(1024).default(1),
  /** The most it may owe us. 0: it can only send on what it was sent. */
  creditLimit: units.default(0),
  /** The most of one packet: beyond it F08. */
  maxAmount: units.default(Number.MAX_SAFE_INTEGER),
  /** Packets a second in the long run, and at once: beyond it T05. */
  rateLimitPerSecond: z.number().positive().max(10_000_000).default(50_000),
  burst: z.int().min(1).max(10_000_000).default(10_000),
  /** Most value in any time this long: beyond it T05. No limit unless given. */
  velocity: z.strictObject({ amount: units, windowMs: z.int().min(16).max(86_400_000) }).optional(),
  /** Most packets and value without an answer: beyond it T04. Less for a peer whose packets expire. */
  held: z
    .strictObject({
      packets: z.int().min(1).max(1_000_000).default(HELD_PACKETS),
      amount: units.default(Number.MAX_SAFE_INTEGER),
    })
    .prefault({}),
  /** Signed claims with the peer, whose name is then its nodeId: claims name both. */
  claims: z
    .strictObject({
      /** The peer's own ILP address: claims name it beside its nodeId. */
      ilpAddress: address,
      /** Our private key: what we owe the peer is claimed with it. */
      signWith: keyFile.optional(),
      /** The peer's public key: its claims are verified with it, and its Transfers have to be claims. */
      verifyWith: keyFile.optional(),
      /** At most one claim in so many milliseconds. */
      everyMs: z.int().min(1).max(3_600_000).default(100),
    })
    .refine(({ signWith, verifyWith }) => signWith !== undefined || verifyWith !== undefined, {
      error: "needs signWith, verifyWith, or both",
    })
    .optional(),
});

const route = z.strictObject({
  /** An ILP address prefix of whole segments; "" is the default route. */
  prefix,
  /** The name of the peer that packets go to. */
  peer: z.string(),
});

/**
 * A node's file, key by key, with the defaults. Unknown keys are refused. Times are in milliseconds, amounts in units of
 * the asset that the node shares with its peers.
 */
export const nodeSchema = z.strictObject({
  /** Its name in telemetry and logs. */
  nodeId: name,
  /** Its own ILP address: `triggeredBy` of its Rejects. */
  ilpAddress: address,
  /** What all amounts are counted in, as claims say it: units of 10^-scale of the asset. XTS is ISO 4217's for tests. */
  asset: z
    .strictObject({
      code: z.string().regex(ASSET_CODE, "must be 1 to 16 letters and digits").default("XTS"),
      scale: z.int().min(0).max(MAX_SCALE).default(0),
    })
    .prefault({}),
  /** Where peers dial in. Port 0: the system picks one. */
  btp: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1"),
      port: port.default(3000),
      /** Every key of it: btp-limits.ts. */
      limits: btpLimits,
    })
    .prefault({}),
  /** /health and /metrics, on the loopback interface. */
  admin: z.strictObject({ port: port.default(9080) }).prefault({}),
  peers: z.array(peer).min(1).max(1000),
  routes: z.array(route).max(100_000).default([]),
  expiry: z
    .strictObject({
      /** Taken off a packet's expiry: the time to pass its Fulfill back. */
      marginMs: z.int().min(0).max(600_000).default(1000),
      /** The least the next hop must get: less is R02. */
      minMs: z.int().min(0).max(600_000).default(500),
      /** The longest this node waits for an answer. */
      holdMs: z.int().min(1).max(600_000).default(30_000),
    })
    .refine(({ minMs, holdMs }) => holdMs > minMs, { error: "must be above minMs", path: ["holdMs"] })
    .prefault({}),
  /** What the node keeps of a packet it forwards: units, and parts per million of the amount. */
  fee: z
    .strictObject({ fixed: units.default(0), ppm: z.int().min(0).max(1_000_000).default(0) })
    .prefault({}),
  /** Every key of it: targets/ilp/ledger/options.ts. */
  ledger: ledgerOptions,
  telemetry: z
    .strictObject({
      /** The telemetry hub, or "off". */
      hub: z
        .string()
        .refine((text) => text === "off" || isWsUrl(text), 'must be a ws:// or wss:// URL, or "off"')
        .default("ws://127.0.0.1:9000"),
      /** A batch of events leaves this often, or as soon as so many wait. */
      batchMs: z.int().min(1).max(10_000).default(100),
      batchEvents: z.int().min(1).max(10_000).default(1000),
      /** Events that may wait: beyond it they are dropped and counted. */
      queue: z.int().min(2).max(16_777_216).default(65_536),
    })
    .prefault({}),
  /** Threads that sign and verify claims; none are started while no peer has claims. */
  claimWorkers: z.int().min(1).max(16).default(1),
  /** Where the peers' claims are kept; unless given, the ledger's file, or with TigerBeetle the nodeId, and `.claims`. */
  claimsFile: z.string().min(1).optional(),
  logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** A node's file as it is read. */
export type NodeFile = z.output<typeof nodeSchema>;

/** A peer as the node takes it: its token at hand, its limits as the checks want them. */
export interface Peer {
  readonly name: string;
  readonly token: string;
  /** Where to dial it; undefined when it dials us. */
  readonly dial: string | undefined;
  readonly sockets: number;
  readonly limits: PeerLimits;
  readonly claims: ClaimRules | undefined;
}

type DeepReadonly<T> = T extends KeyObject
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** What a node runs with. */
export type NodeConfig = DeepReadonly<
  Omit<NodeFile, "peers" | "telemetry"> & {
    peers: Peer[];
    /** `hub` is undefined where telemetry is off. */
    telemetry: Omit<NodeFile["telemetry"], "hub"> & { hub: string | undefined };
  }
>;

/** Something that no key says alone. */
export interface Contradiction {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong between keys that are right each by itself. */
export function contradictions(file: NodeFile, environment: Environment): Contradiction[] {
  const found: Contradiction[] = [];
  const say = (path: readonly PropertyKey[], message: string) => found.push({ path, message });
  const names = new Set<string>();
  const tokens = new Map<string, string>();
  for (const [i, peer] of file.peers.entries()) {
    const at = ["peers", i];
    if (names.has(peer.name)) say([...at, "name"], `there are two peers "${peer.name}"`);
    names.add(peer.name);
    if ((peer.dial === undefined) === (peer.listens === undefined))
      say(at, `peer "${peer.name}" needs either dial: ws://... or listens: true`);
    if ((peer.token === undefined) === (peer.tokenEnv === undefined))
      say(at, `peer "${peer.name}" needs either token or tokenEnv`);
    const token = tokenOf(peer, environment);
    if (peer.tokenEnv !== undefined && !token)
      say([...at, "tokenEnv"], `the environment has no ${peer.tokenEnv}`);
    if (peer.listens && token) {
      const other = tokens.get(token);
      // The token is all that tells who dials in.
      if (other !== undefined) say(at, `peers "${other}" and "${peer.name}" have the same token`);
      tokens.set(token, peer.name);
    }
    const held = peer.held.packets;
    const most = file.btp.limits.inbound * (peer.listens ? peer.sockets : 1);
    // The default is a bound as any other, and whichever is lower holds; a higher one is there to be reached.
    if (held > HELD_PACKETS && held > most)
      say([...at, "held", "packets"], `${held} cannot wait where btp.limits.inbound lets in ${most}`);
  }
  const prefixes = new Set<string>();
  for (const [i, { prefix, peer }] of file.routes.entries()) {
    if (prefixes.has(prefix)) say(["routes", i, "prefix"], `there are two routes for "${prefix}"`);
    prefixes.add(prefix);
    if (!names.has(peer))
      say(["routes", i, "peer"], `there is no peer "${peer}"; there are ${[...names].join(", ")}`);
  }
  return found;
}

/**
 * A file without contradictions, as the node takes it.
 *
 * @param claims by peer's name; of those with the key `claims`
 */
export function toNodeConfig(
  file: NodeFile,
  environment: Environment,
  claims: ReadonlyMap<string, ClaimRules> = new Map(),
): NodeConfig {
  const { hub } = file.telemetry;
  return {
    ...file,
    peers: file.peers.map((peer) => ({
      name: peer.name,
      token: tokenOf(peer, environment) ?? "",
      dial: peer.dial,
      sockets: peer.sockets,
      limits: {
        rate: { ratePerSecond: peer.rateLimitPerSecond, burst: peer.burst },
        maxAmount: peer.maxAmount,
        velocity: peer.velocity,
        held: peer.held,
        creditLimit: peer.creditLimit,
      },
      claims: claims.get(peer.name),
    })),
    telemetry: { ...file.telemetry, hub: hub === "off" ? undefined : hub },
  };
}

function tokenOf(peer: NodeFile["peers"][number], environment: Environment): string | undefined {
  return peer.token ?? (peer.tokenEnv === undefined ? undefined : environment[peer.tokenEnv]);
}
