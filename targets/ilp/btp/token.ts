import { createHash, timingSafeEqual } from "node:crypto";

const digest = (token: string) => createHash("sha256").update(token).digest();

/**
 * Finds whose token it is, in a time that says nothing about any token: digests are compared, all of them, in constant
 * time. The empty token is nobody's.
 *
 * @param tokens by name; no two alike
 */
export function tokenLookup(tokens: ReadonlyMap<string, string>): (token: string) => string | undefined {
  const known = [...tokens].map(([name, token]) => ({ name, digest: digest(token) }));
  return (token) => {
    const given = digest(token);
    let found: string | undefined;
    for (const { name, digest } of known) if (timingSafeEqual(given, digest)) found = name;
    return token === "" ? undefined : found;
  };
}
