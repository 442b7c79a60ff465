import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { hasEnded, startTimeOf } from "../instances/process-identity.js";

/** A process, as others can tell whether it lives. */
export interface ProcessIdentity {
  /** Tells the machine from others; processes of one machine see each other's pids. */
  readonly machineId: string;
  /** What people call the machine. */
  readonly machineName: string;
  readonly pid: number;
  /** When it began, in the kernel's ticks; empty where the system does not say. */
  readonly startTime: string;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  const machineName = hostname();
  // Containers of one host share its boot id, and images may share everything else but the space of pids and the host's name.
  const parts = [machineName, textOf("/proc/sys/kernel/random/boot_id"), linkOf("/proc/self/ns/pid")];
  return {
    machineId: createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 24),
    machineName,
    pid: process.pid,
    startTime: startTimeOf(process.pid),
  };
}

/** Whether a process of this machine is gone. */
export function isGone(identity: ProcessIdentity, self: ProcessIdentity): boolean {
  return identity.machineId === self.machineId && hasEnded(identity);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // macOS has no such file, and one space of pids a host.
    return "";
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
