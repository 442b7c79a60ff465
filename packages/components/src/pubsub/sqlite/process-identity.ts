import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What tells one process from every other that has run. */
export interface ProcessIdentity {
  /** Where process ids are counted: machine and, in containers, the namespace. */
  readonly place: string;
  readonly pid: number;
  /** When the process started, as its system says it; empty where the system does not say. */
  readonly started: string;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { place: `${hostname()} ${pidNamespace()}`.trim(), pid: process.pid, started: startOf(process.pid) };
}

/** Whether a process is known to be dead. A process counted elsewhere never is: its lease must run out. */
export function isDead(other: ProcessIdentity, own: ProcessIdentity): boolean {
  if (other.place !== own.place) return false;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  return other.started !== "" && startOf(other.pid) !== other.started;
}

/** Clock ticks from the machine's start to the process's, from `/proc`; other systems have no such file. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "latin1");
    // The name, field 2, is in parentheses and may hold anything; the start time is field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
