import { Failure } from "../failure.ts";
import type { Entry } from "../history/entry.ts";
import { readHistory, record } from "../history/store.ts";

/**
 * The runs that tell which gates of a scenario and profile are flaky, new ones taken in. A history that cannot be read or
 * written is no reason not to load: without it every gate gates.
 *
 * @param name `<scenario>.<profile>`
 * @param warn told why nothing is known, in a line
 */
export async function evidenceFor(
  name: string,
  results: string,
  warn: (line: string) => void,
): Promise<readonly Entry[]> {
  try {
    await record(results, undefined, name);
    return readHistory(results, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    warn(`no gate of ${name} is quarantined: ${error.message}`);
    return [];
  }
}
