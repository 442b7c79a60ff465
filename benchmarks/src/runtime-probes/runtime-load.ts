import { readFileSync } from "node:fs";
import { readInput, say } from "../probes/probe-io.js";
import { openRawCalls } from "./raw-calls.js";

/** Calls to a sidecar, told in the CPU time that the sidecar uses for them. */
export interface RuntimeLoadInput {
  readonly operation: "get" | "save";
  readonly grpcPort: number;
  readonly store: string;
  /** The sidecar's process. */
  readonly pid: number;
  readonly inFlight: number;
  /** CPU time of the sidecar before, and while, it is measured. */
  readonly warmUpCpuMs: number;
  readonly measureCpuMs: number;
  /** The longest that each of both may take. */
  readonly limitMs: number;
}

/** What the calls cost the sidecar. */
export interface RuntimeLoadFigures {
  /** Calls for each second of CPU time of the sidecar. */
  readonly ops: number;
  /** CPU time of the sidecar for one call, µs. */
  readonly cpu: number;
}

const keyCount = 64;
const value = Buffer.from(JSON.stringify({ text: "x".repeat(1000) }));
const clockTicksPerSecond = 100;

/** CPU time of a process and of all its threads, in its own code and in the system's, in ms. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  // The name of the process, in parentheses, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  return ((userTicks + systemTicks) * 1000) / clockTicksPerSecond;
}

async function main(input: RuntimeLoadInput): Promise<void> {
  const { operation, pid, inFlight, warmUpCpuMs, measureCpuMs, limitMs } = input;
  const calls = openRawCalls(input);
  const keys = Array.from({ length: keyCount }, (_, index) => `load-${String(index)}`);
  for (const key of keys) await calls.save(key, value);
  let turn = 0;
  const call = (): Promise<unknown> => {
    const key = keys[turn++ % keyCount] ?? "";
    return operation === "get" ? calls.get(key) : calls.save(key, value);
  };
  const repeat = async (cpuMs: number): Promise<RuntimeLoadFigures> => {
    const [cpuBefore, end] = [cpuMsOf(pid), performance.now() + limitMs];
    let [count, used, looked] = [0, 0, 0];
    const lane = async (): Promise<void> => {
      while (used < cpuMs && performance.now() < end) {
        await call();
        count += 1;
        if (count - looked < 256) continue;
        looked = count;
        used = cpuMsOf(pid) - cpuBefore;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    used = cpuMsOf(pid) - cpuBefore;
    return { ops: (count * 1000) / used, cpu: (used * 1000) / count };
  };
  await repeat(warmUpCpuMs);
  say(await repeat(measureCpuMs));
}

void main(readInput());
