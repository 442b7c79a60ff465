const millisecondsPerUnit: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, micro sign
  μs: 1e-3, // U+03BC, Greek mu
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const wholeDuration = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u;
const oneTerm = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu;

/**
 * The milliseconds of a duration as Go writes it and Dapr's resources and components have it: `1h30m`, `1.5s`, `300ms`, `-2s`, `0`;
 * `undefined` for what `time.ParseDuration` refuses (a bare number other than `0` has no unit).
 */
export function goDurationMs(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!wholeDuration.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(oneTerm)) {
    total += Number(amount) * (millisecondsPerUnit[unit] ?? Number.NaN);
  }
  return text.startsWith("-") ? -total : total;
}
