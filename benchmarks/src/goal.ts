/** What a ratio must reach: `>=` for what should be large (operations), `<=` for what should be small (time, CPU). */
export type Goal = `${">=" | "<="}${number}`;

/**
 * Says whether a ratio reaches a goal.
 *
 * @throws Error if the goal is none
 */
export function meets(ratio: number, goal: Goal): boolean {
  const parts = /^(>=|<=)(\d+(?:\.\d+)?)$/u.exec(goal);
  if (!parts) throw new Error(`${goal} is no goal: >= or <= and a number are expected`);
  const limit = Number(parts[2]);
  return parts[1] === ">=" ? ratio >= limit : ratio <= limit;
}
