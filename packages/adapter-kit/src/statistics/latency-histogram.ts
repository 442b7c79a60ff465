/** Buckets per doubling of the value: a bucket is at most 1/16 (6%) wide. */
const bucketsPerDoubling = 16;

/** Counts by bucket index; sparse, so that it stays small as JSON. */
export type HistogramBuckets = Readonly<Record<string, number>>;

/** Counts durations in buckets that grow with the value, so that percentiles of many processes can be added up. */
export class LatencyHistogram {
  readonly #counts = new Map<number, number>();

  /** Counts one duration, in microseconds. */
  record(microseconds: number): void {
    const bucket = Math.max(0, Math.round(Math.log2(Math.max(microseconds, 1)) * bucketsPerDoubling));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  /** Adds what another histogram counted. */
  add(buckets: HistogramBuckets): void {
    for (const [bucket, count] of Object.entries(buckets)) {
      this.#counts.set(Number(bucket), (this.#counts.get(Number(bucket)) ?? 0) + count);
    }
  }

  /** The duration in microseconds that the given share (0 to 1) of all durations did not exceed; 0 if there are none. */
  percentile(share: number): number {
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [bucket, count] of sorted) {
      seen += count;
      if (seen >= total * share) return Math.round(2 ** (bucket / bucketsPerDoubling));
    }
    return 0;
  }

  /** The counts by bucket, for a report. */
  toJSON(): HistogramBuckets {
    return Object.fromEntries(this.#counts);
  }
}
