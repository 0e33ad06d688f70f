import { existsSync } from "node:fs";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { histories, record } from "../history/store.ts";
import { RESULTS } from "../results/store.ts";

/**
 * Takes new runs into the history. Those that cannot be read are left out, in a line on stderr; a Failure where they are all
 * there is, and where the user named a folder that is none; our own comes with the first run.
 */
export async function takeIn(results: string): Promise<void> {
  if (results !== RESULTS && !existsSync(results))
    throw new Failure("USAGE", `--results: there is no such folder: ${results}`);
  const unread: Failure[] = [];
  await record(results, (why) => unread.push(why));
  const [first] = unread;
  if (first === undefined) return;
  if (histories(results).length === 0) throw first;
  const others = unread.length === 1 ? "" : `, and ${count(unread.length - 1)} more`;
  process.stderr.write(`plimsoll: left out: ${first.message}${others}\n`);
}
