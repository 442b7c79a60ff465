/**
 * What is measured: the in-process door as every facade calls it, a facade on it, and a stub that was generated for grpc-js, on a
 * real sidecar.
 */
export type CallSide = "in-process" | "facade" | "raw stub";

/** Where the calls of a side go. */
export interface CallSideTarget {
  readonly resources: string;
  readonly grpcPort: number;
  readonly store: string;
}

/** The operations that are measured. */
export interface StateCalls {
  get(key: string): Promise<unknown>;
  save(key: string, value: Buffer): Promise<unknown>;
}

/** Makes the calls of one side; only its own modules are loaded. */
export async function openCalls(side: CallSide, target: CallSideTarget): Promise<StateCalls> {
  switch (side) {
    case "in-process":
      return (await import("./in-process-calls.js")).openInProcess(target);
    case "facade":
      return (await import("./facade-calls.js")).openFacade(target);
    case "raw stub":
      return (await import("./raw-calls.js")).openRawCalls(target);
  }
}
