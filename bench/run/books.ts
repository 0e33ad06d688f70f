import type { PacketCounts } from "../results/run-schema.ts";
import { scrape } from "./scrape.ts";
import type { Target } from "./target.ts";

/** What a target says it did: all since it started, or the difference of two such. */
export interface Books {
  /** Requests it served; undefined when it does not say. */
  readonly requests: number | undefined;
  /** Of each connector, by name; of a target of one process, under the target's. */
  readonly connectors: Readonly<Record<string, PacketCounts>>;
}

export const NOTHING_TOLD: Books = { requests: undefined, connectors: {} };

/** Asks every process of a target that can be asked. */
export async function booksOf({ name, adminUrl, members }: Target): Promise<Books> {
  if (adminUrl === undefined) return NOTHING_TOLD;
  const asked = Object.entries(members).flatMap(([member, { admin }]) =>
    admin === undefined ? [] : [[member, admin] as const],
  );
  if (asked.length === 0) asked.push([name, adminUrl]);
  const told = await Promise.all(asked.map(async ([who, admin]) => [who, await scrape(admin)] as const));
  const [first] = told;
  return {
    requests: first?.[1]?.requests ?? first?.[1]?.packets?.received,
    connectors: Object.fromEntries(
      told.flatMap(([who, said]) => (said?.packets === undefined ? [] : [[who, said.packets]])),
    ),
  };
}

/** What was done between two looks. */
export function difference(before: Books, after: Books): Books {
  return {
    requests: after.requests === undefined ? undefined : after.requests - (before.requests ?? 0),
    connectors: Object.fromEntries(
      Object.entries(after.connectors).map(([name, counts]) => {
        const then = before.connectors[name];
        const since = (key: keyof PacketCounts) => counts[key] - (then?.[key] ?? 0);
        return [
          name,
          {
            received: since("received"),
            fulfilled: since("fulfilled"),
            rejected: since("rejected"),
            posted: since("posted"),
          },
        ];
      }),
    ),
  };
}
