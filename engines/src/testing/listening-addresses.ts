import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const listening = "0A";
const loopback = new Map([
  ["0100007F", "127.0.0.1"],
  ["0000000000000000FFFF00000100007F", "127.0.0.1"],
]);

function socketsOf(pid: number): Set<string> {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // The file was closed since the folder was read.
      return "";
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/u.exec(link)?.[1] ?? []));
}

/** Where a process listens on TCP (Linux): `127.0.0.1:port`, or the kernel's hexadecimal form of any other address. */
export function listeningAddresses(pid: number): readonly string[] {
  const sockets = socketsOf(pid);
  const lines = ["tcp", "tcp6"].flatMap((table) => readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1));
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/u);
    if (state !== listening || !sockets.has(inode)) return [];
    const [address = "", port = ""] = local.split(":");
    return [`${loopback.get(address) ?? address}:${Number.parseInt(port, 16)}`];
  });
}
