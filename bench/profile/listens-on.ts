import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State of a socket that listens, in /proc/net/tcp (TCP_LISTEN of the kernel's tcp_states.h). */
const LISTEN = "0A";

/** Whether a process holds a TCP socket that listens on a port; false too where the system has no /proc to tell. */
export function listensOn(pid: number, port: number): boolean {
  const sockets = new Set(["tcp", "tcp6"].flatMap((table) => listening(`/proc/${pid}/net/${table}`, port)));
  if (sockets.size === 0) return false;
  return filesOf(pid).some((file) => sockets.has(/^socket:\[(\d+)\]$/.exec(file)?.[1] ?? ""));
}

/** Inodes of the sockets that listen on a port, of a process' network: rows of proc_pid_net(5). */
function listening(table: string, port: number): string[] {
  let text: string;
  try {
    text = readFileSync(table, "latin1");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(
      ([, local = "", , state]) =>
        state === LISTEN && Number.parseInt(local.split(":").at(-1) ?? "", 16) === port,
    )
    .map((row) => row[9] as string);
}

function filesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
