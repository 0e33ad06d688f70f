import { existsSync } from "node:fs";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { histories, record } from "../history/store.ts";
import { RESULTS } from "../results/store.ts";

/** A run that is too short for the history, or was cut, or measured nothing. */
export interface Unfit {
  /** Of the history that it would be in. */
  readonly name: string;
  readonly why: string;
}

/**
 * Takes new runs into the history, and tells which do not belong there. Those that cannot be read are left out, in a line
 * on stderr; a Failure where they are all there is, and where the user named a folder that is none; our own comes with the
 * first run.
 */
export async function takeIn(results: string): Promise<Unfit[]> {
  if (results !== RESULTS && !existsSync(results))
    throw new Failure("USAGE", `--results: there is no such folder: ${results}`);
  const unread: Failure[] = [];
  const unfit: Unfit[] = [];
  await record(results, {
    unreadable: (why) => unread.push(why),
    unfit: (name, { message }) => unfit.push({ name, why: message.replace(/^no data: /, "") }),
  });
  const [first] = unread;
  if (first === undefined) return unfit;
  if (histories(results).length === 0) throw first;
  const others = unread.length === 1 ? "" : `, and ${count(unread.length - 1)} more`;
  process.stderr.write(`plimsoll: left out: ${first.message}${others}\n`);
  return unfit;
}

/** Why the newest of runs that are no part of a history is none, and how many more there are; empty without any. */
export function unfitText(unfit: readonly Unfit[]): string {
  const newest = unfit.at(-1);
  if (newest === undefined) return "";
  const others = unfit.length === 1 ? "" : `, and ${count(unfit.length - 1)} more like it`;
  return `; not in it: ${newest.why}${others}`;
}
