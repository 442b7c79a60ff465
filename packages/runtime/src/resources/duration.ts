const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** Milliseconds of a duration in Go's syntax (`500ms`, `1m30s`), as Dapr's resources write them; `undefined` if it is none. */
export function durationMs(text: string): number | undefined {
  if (text === "0") return 0;
  let total = 0;
  let read = 0;
  for (const [whole, number, unit = ""] of text.matchAll(part)) {
    total += Number(number) * (unitMs[unit] ?? Number.NaN);
    read += whole.length;
  }
  return read === text.length && read > 0 ? total : undefined;
}
