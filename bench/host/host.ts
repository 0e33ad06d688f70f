import { createHash } from "node:crypto";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import type { Run } from "../results/run-schema.ts";

/** The machine, and a fingerprint: figures of two runs are comparable only where it is the same. */
export function hostOf(): Run["host"] {
  const facts = {
    os: `${platform()} ${release()}`,
    arch: arch(),
    cpu: cpus()[0]?.model.trim() || "unknown CPU",
    cores: availableParallelism(),
    // Rounded: a few MB that a hypervisor keeps for itself make no other machine.
    memoryBytes: Math.round(totalmem() / 2 ** 28) * 2 ** 28,
  };
  const { os: _kernelChanges, ...lasting } = facts;
  const fingerprint = createHash("sha256").update(JSON.stringify(lasting)).digest("hex").slice(0, 12);
  return { ...facts, fingerprint };
}
