/** Something that must hold after a run. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, and what was expected. */
  readonly detail: string;
}

/** A check that two numbers agree. */
export function equal(name: string, found: number | string, expected: number | string): Check {
  return { name, ok: found === expected, detail: `${String(found)}, expected ${String(expected)}` };
}

/** A check that a number is at least another: where a process was killed, calls repeat and last counts are lost. */
export function atLeast(name: string, found: number, least: number): Check {
  return { name, ok: found >= least, detail: `${String(found)}, expected at least ${String(least)}` };
}
