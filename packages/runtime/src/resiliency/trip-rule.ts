import type { BreakerCounts } from "./policy-spec.js";

/** As daprd where a breaker says nothing. */
const mostFailures = 5;

/** The rule of a circuit breaker that has none: it opens with the sixth failure in a row. */
export function tripsByDefault({ consecutiveFailures }: BreakerCounts): boolean {
  return consecutiveFailures > mostFailures;
}

/**
 * Compiles the `trip` of a circuit breaker, a CEL expression over what it counts. One that cannot be evaluated, or gives anything
 * but true, does not open the breaker, as in daprd.
 *
 * @throws an error of the CEL library for what is no expression
 */
export async function compileTrip(expression: string): Promise<(counts: BreakerCounts) => boolean> {
  const { Environment } = await import("@marcbachmann/cel-js");
  const evaluate = new Environment({ unlistedVariablesAreDyn: true }).parse(expression);
  return (counts) => {
    try {
      return evaluate(whole(counts)) === true;
    } catch {
      return false;
    }
  };
}

/** CEL's whole numbers are not JavaScript's. */
function whole(counts: BreakerCounts): Record<string, bigint> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]: [string, number]) => [name, BigInt(count)]));
}
