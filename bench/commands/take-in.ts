import type { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { histories, record } from "../history/store.ts";

/**
 * Takes new runs into the history. Those that cannot be read are left out, in a line on stderr; a Failure where they are all
 * there is.
 */
export async function takeIn(results: string): Promise<void> {
  const unread: Failure[] = [];
  await record(results, (why) => unread.push(why));
  const [first] = unread;
  if (first === undefined) return;
  if (histories(results).length === 0) throw first;
  const others = unread.length === 1 ? "" : `, and ${count(unread.length - 1)} more`;
  process.stderr.write(`plimsoll: left out: ${first.message}${others}\n`);
}
