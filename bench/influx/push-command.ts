import type { Address } from "./address.ts";

/**
 * What a user types to send the run in `path` to the same database later. User and password are not shown: who gave them
 * is told where to give them again.
 */
export function pushCommand(path: string, { authorization, shown }: Address): string {
  const command = `npx plimsoll push ${quoted(path)}`;
  return authorization === undefined
    ? `${command} --influx ${quoted(shown)}`
    : `${command} (with PLIMSOLL_INFLUX, or --influx, as for this run)`;
}

/** A word as a shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
