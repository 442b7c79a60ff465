import { readFileSync } from "node:fs";

/** Field of `/proc/<pid>/stat` that holds the start time, counted from the field after the command's name. */
const startTimeField = 19;

/**
 * When a process began, in the kernel's ticks; tells a process from a later one of the same pid. Empty where the system does not say
 * (macOS): there a dead entry whose pid lives again is noticed when its socket does not answer.
 */
export function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The command's name is in parentheses and may hold anything, spaces and parentheses included.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[startTimeField] ?? "";
  } catch {
    return "";
  }
}

/** Whether a process of this pid lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process that said this of itself is gone, also if another one has its pid by now. */
export function hasEnded({ pid, startTime }: { readonly pid: number; readonly startTime: string }): boolean {
  return !isAlive(pid) || (startTime !== "" && startTimeOf(pid) !== startTime);
}
