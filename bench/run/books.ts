import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { type ConnectorBooks, NO_BOOKS } from "../judge/conservation.ts";
import type { PacketCounts } from "../results/run-schema.ts";
import { scrape } from "./scrape.ts";
import type { Target } from "./target.ts";

/** What a target says it did: all since it started, or the difference of two such. */
export interface Books extends ConnectorBooks {
  /** Requests it served; undefined when it does not say. */
  readonly requests: number | undefined;
}

export const NOTHING_TOLD: Books = { requests: undefined, ...NO_BOOKS };

/** A target that was loaded to its limit a moment ago gets this long to answer, and to end what it holds. */
const PATIENCE_MS = 5_000;
const AGAIN_MS = 100;
const ASK_TIMEOUT_MS = 900;

/** Asks every process of a target that can be asked; those that hold packets, until they hold none. */
export async function booksOf(target: Target): Promise<Books> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const books = await ask(target);
    const settled = Object.values(books.connectors).every(({ heldUnits }) => heldUnits === 0);
    if ((settled && books.silent.length === 0) || performance.now() > deadlineMs) return books;
    await delay(AGAIN_MS);
  }
}

async function ask({ adminUrl, members }: Target): Promise<Books> {
  if (adminUrl === undefined) return NOTHING_TOLD;
  const connectors: Record<string, PacketCounts> = {};
  const silent: string[] = [];
  await Promise.all(
    Object.entries(members).map(async ([name, { admin }]) => {
      if (admin === undefined) return;
      // Its place is kept: the first one is the one that is sent to.
      connectors[name] = NO_COUNTS;
      const [told, ledger] = await Promise.all([scrape(admin), ledgerOf(admin)]);
      if (told?.packets !== undefined && ledger !== undefined)
        connectors[name] = { ...told.packets, ...ledger };
      else {
        delete connectors[name];
        silent.push(name);
      }
    }),
  );
  const told = await scrape(adminUrl);
  return { requests: told?.requests ?? told?.packets?.received, connectors, silent };
}

const NO_COUNTS: PacketCounts = { received: 0, fulfilled: 0, rejected: 0, paidUnits: 0, heldUnits: 0 };

type LedgerCounts = Required<Pick<PacketCounts, "paidUnits" | "heldUnits" | "imbalanceUnits">>;

const units = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
/** GET /ledger of a connector: what the ledger itself says of each account, as decimal text. */
const balances = z.record(
  z.string(),
  z.object({ debitsPosted: units, creditsPosted: units, debitsPending: units, creditsPending: units }),
);

async function ledgerOf(admin: string): Promise<LedgerCounts | undefined> {
  try {
    const answer = await fetch(`${admin}/ledger`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    if (!answer.ok) return undefined;
    const accounts = Object.values(balances.parse(await answer.json()));
    const sum = (of: keyof (typeof accounts)[number]) =>
      accounts.reduce((sum, account) => sum + account[of], 0n);
    return {
      paidUnits: Number(sum("creditsPosted")),
      // The same on both sides; where it is not, something is still held.
      heldUnits: Math.max(Number(sum("debitsPending")), Number(sum("creditsPending"))),
      imbalanceUnits: Number(sum("creditsPosted") - sum("debitsPosted")),
    };
  } catch {
    return undefined;
  }
}

/** What was done between two looks. */
export function difference(before: Books, after: Books): Books {
  return {
    requests: after.requests === undefined ? undefined : after.requests - (before.requests ?? 0),
    silent: after.silent,
    connectors: Object.fromEntries(
      Object.entries(after.connectors).map(([name, counts]) => {
        const then = before.connectors[name];
        const since = (key: "received" | "fulfilled" | "rejected" | "paidUnits") =>
          counts[key] - (then?.[key] ?? 0);
        return [
          name,
          {
            received: since("received"),
            fulfilled: since("fulfilled"),
            rejected: since("rejected"),
            paidUnits: since("paidUnits"),
            // These are to be 0 whatever was done: what they are now.
            heldUnits: counts.heldUnits,
            ...(counts.imbalanceUnits !== undefined && { imbalanceUnits: counts.imbalanceUnits }),
          },
        ];
      }),
    ),
  };
}
