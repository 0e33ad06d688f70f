import { join } from "node:path";
import { PORT_BASE, SECRET } from "../cli.ts";

/** One process to start. */
export interface Member {
  /** A, B, ... or hub, or bob. */
  readonly name: string;
  readonly args: readonly string[];
  /** Flags of Node beside those that all members have. */
  readonly nodeFlags?: readonly string[];
  /** A node's YAML file, and the ports that it has to have in it. */
  readonly config?: { readonly file: string; readonly btpPort: number; readonly adminPort: number };
  /** Ports of 127.0.0.1 that it listens on. */
  readonly ports?: readonly number[];
  /** Where a node answers /health. */
  readonly admin?: string;
  /** Sessions that must be up before a node is ready; its senders come later. */
  readonly peers?: readonly string[];
}

/** A network: what to start, in which order, and where it is reached. */
export interface NetworkPlan {
  readonly members: readonly Member[];
  /** Where senders dial in as alice. */
  readonly ingress: string;
  readonly hub: string;
  /** Where bob's packets go to. */
  readonly destination: string;
}

const HUB_PORT = 9000;
const ADMIN_PORT = 9080;
/**
 * The hub passes megabytes a second on and makes next to no objects. V8 counts those bytes as old memory, and collected
 * all of it every few seconds, 27 ms at a time on every core that was free, which everyone's p99 showed. In a small young
 * generation they go soon by its quick collections, and old memory is not looked at before there is a lot of it.
 */
const HUB_FLAGS = ["--min-semi-space-size=1", "--max-semi-space-size=1", "--initial-old-space-size=256"];
const LETTERS = ["a", "b", "c", "d", "e"] as const;

/**
 * The processes of one node, or of five in a line: the hub first, which nodes tell from their start on, then nodes and
 * receiver at once, since all of them dial until they are answered.
 *
 * @param folder of the YAML files
 * @param portBase of the first node's BTP port; all others move with it
 * @param profile folder for a CPU profile of each thread of each node; none are made without
 */
export function networkPlan(
  nodes: 1 | 5,
  folder: string,
  portBase: number = PORT_BASE,
  profile?: string,
): NetworkPlan {
  const shift = portBase - PORT_BASE;
  const url = (port: number) => `ws://127.0.0.1:${port + shift}`;
  const letters = LETTERS.slice(0, nodes);
  const file = (letter: string) => join(folder, nodes === 1 ? "single.yaml" : `chain-${letter}.yaml`);
  const last = letters.length - 1;
  const destination = `test.${letters[last]}.bob`;
  const connectors = letters.map((letter, n): Member => {
    const neighbours = [
      letters[n - 1]?.toUpperCase(),
      letters[n + 1]?.toUpperCase(),
      n === last ? "bob" : undefined,
    ];
    return {
      name: letter.toUpperCase(),
      // Each load finds what the one before it found: no balances, no rows.
      args: ["node", "--config", file(letter), "--port-shift", String(shift), "--fresh-ledger"],
      ...(profile !== undefined && { nodeFlags: ["--cpu-prof", `--cpu-prof-dir=${profile}`] }),
      config: { file: file(letter), btpPort: PORT_BASE + n, adminPort: ADMIN_PORT + n },
      ports: [PORT_BASE + n + shift, ADMIN_PORT + n + shift],
      admin: `http://127.0.0.1:${ADMIN_PORT + n + shift}`,
      peers: neighbours.filter((peer) => peer !== undefined),
    };
  });
  const receiver = [
    "--dial",
    url(PORT_BASE + last),
    "--token",
    "bob-token",
    "--address",
    destination,
    "--secret",
    SECRET,
  ];
  return {
    members: [
      {
        name: "hub",
        args: ["hub", "--port", String(HUB_PORT + shift)],
        nodeFlags: HUB_FLAGS,
        ports: [HUB_PORT + shift],
      },
      ...connectors,
      { name: "bob", args: ["receiver", ...receiver] },
    ],
    ingress: url(PORT_BASE),
    hub: url(HUB_PORT),
    destination,
  };
}
