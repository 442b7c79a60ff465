/**
 * How an operation is repeated. How long is said in CPU time of the process, so that on a busy machine as much code is
 * warm as on an idle one; an operation that mostly waits ends by the clock.
 */
export interface Load {
  /** Operations under way at once. */
  readonly inFlight: number;
  readonly warmUpCpuMs: number;
  readonly measureCpuMs: number;
  /** The longest that each of both may take. */
  readonly limitMs: number;
}

/** What repeating it gave. */
export interface LoadFigures {
  /** Operations per second. */
  readonly ops: number;
  /** CPU time of this process for one operation, µs. */
  readonly cpu: number;
  /** Median time of one operation, µs. */
  readonly p50: number;
}

/** Repeats an operation, first to warm up, then measured. */
export async function measureLoad(operation: () => Promise<unknown>, load: Load): Promise<LoadFigures> {
  await repeat(operation, load, load.warmUpCpuMs);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const latencies = await repeat(operation, load, load.measureCpuMs);
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const count = latencies.length;
  return {
    ops: (count * 1000) / elapsedMs,
    cpu: (user + system) / count,
    p50: 1000 * (latencies.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN),
  };
}

async function repeat(
  operation: () => Promise<unknown>,
  { inFlight, limitMs }: Load,
  cpuMs: number,
): Promise<number[]> {
  const latencies: number[] = [];
  const isOver = createLimit(limitMs, cpuMs);
  const lane = async () => {
    for (let before = performance.now(); !isOver(before); ) {
      await operation();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return latencies;
}

const lookEveryMs = 20;

/** Asking for the CPU time is a system call: not at every operation. */
function createLimit(limitMs: number, cpuMs: number): (now: number) => boolean {
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  let nextLook = start;
  let over = false;
  return (now) => {
    if (over || now < nextLook) return over;
    nextLook = now + lookEveryMs;
    const { user, system } = process.cpuUsage(cpuBefore);
    over = now - start >= limitMs || (user + system) / 1000 >= cpuMs;
    return over;
  };
}
