import { ConfigError, readConfig } from "../config/config.ts";
import type { NetworkPlan } from "./plan.ts";

/**
 * Reads the file of every node before any is started: what is wrong with it is then one line, and not a network that does
 * not come up. Its ports are those that the members dial each other at.
 *
 * @throws ConfigError
 */
export function checkFiles({ members }: NetworkPlan): void {
  for (const { config } of members) {
    if (config === undefined) continue;
    const { file, btpPort, adminPort } = config;
    const { btp, admin } = readConfig(file);
    for (const [key, has, wants] of [
      ["btp.port", btp.port, btpPort],
      ["admin.port", admin.port, adminPort],
    ] as const)
      if (has !== wants)
        throw new ConfigError(
          `${file}: ${key} is ${has} and has to be ${wants} in a network; --port-base moves all its ports`,
        );
  }
}
