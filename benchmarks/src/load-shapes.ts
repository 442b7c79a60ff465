/** How long a load is kept up before it is measured, and while it is. */
export const loadTimes = { warmUpCpuMs: 2000, measureCpuMs: 1000, limitMs: 6000 } as const;

/** How many operations are under way in each measurement, and how a row says it. */
export const concurrencies = [
  { inFlight: 1, words: "one at a time" },
  { inFlight: 64, words: "64 in flight" },
] as const;
