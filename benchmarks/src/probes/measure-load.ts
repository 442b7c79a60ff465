/** How an operation is repeated. */
export interface Load {
  /** Operations under way at once. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
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
  await repeat(operation, load.inFlight, load.warmUpMs);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const latencies = await repeat(operation, load.inFlight, load.measureMs);
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const count = latencies.length;
  return {
    ops: (count * 1000) / elapsedMs,
    cpu: (user + system) / count,
    p50: 1000 * (latencies.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN),
  };
}

async function repeat(operation: () => Promise<unknown>, inFlight: number, ms: number): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + ms;
  const lane = async () => {
    for (let before = performance.now(); before < end; ) {
      await operation();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return latencies;
}
