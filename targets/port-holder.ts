import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/**
 * Who listens on a TCP port, from /proc: the socket's inode is in /proc/net/tcp, and the process that has it open is the
 * holder. Undefined where there is no /proc, or the process belongs to someone else.
 */
export function portHolder(port: number): PortHolder | undefined {
  try {
    const inodes = listeningInodes(port);
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (hasOpen(pid, inodes)) return { pid: Number(pid), command: commandOf(pid) };
    }
  } catch {
    // No /proc: not Linux.
  }
  return undefined;
}

/** Inodes of listening sockets (state 0A) on the port; addresses are hexadecimal "address:port". */
function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === "0A" && local?.endsWith(suffix) && inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  return inodes;
}

function hasOpen(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false; // closed between the two calls
      }
    });
  } catch {
    return false; // ended meanwhile, or someone else's
  }
}

/** A command line is cut after this many characters. */
const LONGEST = 200;

function commandOf(pid: string): string {
  const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean).join(" ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
