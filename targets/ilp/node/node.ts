import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Logger } from "pino";
import { type Btp, type Handler, openBtp } from "../btp/btp.ts";
import { PeerChecks } from "../checks/peer-checks.ts";
import { type Claims, openClaims } from "../claims/claims.ts";
import type { NodeConfig } from "../config/node-config.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { LedgerOptions } from "../ledger/options.ts";
import { PacketPath, type PeerRoute } from "../packet/packet-path.ts";
import { Outcomes, type Peer } from "../packet/peer.ts";
import { Router } from "../routing/router.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { StatusReports } from "./status-reports.ts";

/** What a node is made of, running. */
export interface Node {
  readonly config: NodeConfig;
  readonly btp: Btp;
  readonly path: PacketPath;
  readonly peers: readonly Peer[];
  readonly router: Router<PeerRoute>;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  readonly claims: Claims;
  /** Answers what is under way, then lets go of everything. */
  close(): Promise<void>;
}

/** Time for packets under way to be answered when a node ends. */
const DRAIN_MS = 4_000;

/**
 * Starts a connector: opens its ledger, takes up its peers' balances, listens and dials.
 *
 * @param open where tests put a ledger with faults
 * @throws LedgerError UNUSABLE, ClaimError CLAIMS_FILE, BtpError NO_SUCH_PORT, and what listening throws: EADDRINUSE
 */
export async function startNode(
  config: NodeConfig,
  log: Logger,
  open: (options: LedgerOptions) => Promise<Ledger> = openLedger,
): Promise<Node> {
  if (config.ledger.kind === "sqlite") mkdirSync(dirname(config.ledger.file), { recursive: true });
  const ledger = await open(config.ledger);
  const telemetry = new Telemetry({ nodeId: config.nodeId, ...config.telemetry });
  const note = (level: "info" | "warn", message: string) => {
    log[level](message);
    telemetry.log(level, message);
  };
  let claims: Claims | undefined;
  const closeParts = () => Promise.all([ledger.close(), telemetry.close(), claims?.close()]);
  try {
    // All that has to be waited for comes before the first peer can: from listening on, nothing is.
    const feeAccount = await ledger.account("fees");
    const accounts = new Map<string, number>();
    for (const { name } of config.peers) accounts.set(name, await ledger.account(accountOf(name)));
    const balances = await ledger.balances();
    const { nodeId, ilpAddress, asset, peers, claimWorkers: workers } = config;
    const node = { nodeId, ilpAddress };
    const { booksId } = ledger;
    const opened = await openClaims({ node, asset, booksId, file: claimsFile(config), peers, workers, note });
    claims = opened;
    for (const { name } of config.peers)
      opened.payee(name, balances.get(accountOf(name))?.debitsPosted ?? 0n);
    const byName = new Map<string, Peer>();
    // Nothing is called before there are sessions, and those want their handler first.
    let path: PacketPath | undefined;
    const handler: Handler = {
      onMessage: (link, message, overload) => path!.receive(byName.get(link.peer)!, link, message, overload),
      onTransfer: (link, transfer) => opened.receive(link, transfer),
      onUp: ({ peer }) => note("info", `peer ${peer} is connected`),
      onDown: ({ peer }, why) => note("warn", `peer ${peer} is gone: ${why}`),
      onUnreached: ({ peer }, why) =>
        note("warn", `peer ${peer} cannot be reached, and is tried again: ${why}`),
      onFault: ({ peer }, error) => log.error({ err: error, peer }, "a fault of ours"),
    };
    const btp = await openBtp({
      peers: config.peers.map(({ name, token, dial, sockets }) => ({
        sockets: dial === undefined ? sockets : 1,
        name,
        token,
        ...(dial !== undefined && { url: dial }),
      })),
      handler,
      listen: config.btp,
      limits: config.btp.limits,
    });
    for (const { name, limits } of config.peers) {
      const balance = balances.get(accountOf(name));
      // An account has what was credited; what a peer owes is the other way round.
      const owed = -Number(balance?.posted ?? 0n);
      const hop = btp.sessions.get(name)!;
      byName.set(name, {
        name,
        hop,
        checks: new PeerChecks(limits, performance.now(), owed),
        account: accounts.get(name)!,
        telemetryId: telemetry.peer(name),
        outcomes: new Outcomes(),
        payer: opened.payer(name, hop, balance?.creditsPosted ?? 0n),
        payee: opened.payees.get(name),
      });
    }
    const router = new Router<PeerRoute>(
      config.routes.map((route) => ({ ...route, to: byName.get(route.peer)! })),
    );
    const { ilpAddress: address, expiry, fee } = config;
    const packets = new PacketPath({ address, router, ledger, feeAccount, telemetry, expiry, fee });
    path = packets;
    const { sessions } = btp;
    const status = new StatusReports({
      telemetry,
      ledger,
      fields: () => ({
        routes: router.size,
        peers: sessions.size,
        peersUp: [...sessions.values()].filter(({ up }) => up).length,
        held: packets.held,
      }),
    });
    return {
      config,
      btp,
      path: packets,
      peers: [...byName.values()],
      router,
      ledger,
      telemetry,
      claims: opened,
      async close() {
        status.stop();
        await btp.close(DRAIN_MS);
        await closeParts();
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}

/** Beside the ledger, where it is a file. */
function claimsFile({ claimsFile, ledger, nodeId }: NodeConfig): string {
  return claimsFile ?? `${ledger.kind === "sqlite" ? ledger.file : nodeId}.claims`;
}

const accountOf = (peer: string) => `peer:${peer}`;
