import { coversPattern, matchesPattern } from "./pattern.js";

/** What legacy code said of a connection, topic, … : the values that rules are matched against. */
export type Subject = Readonly<Record<string, string | number | undefined>>;

/** Patterns by name; all must fit. A name that is absent fits anything. */
export type Match = Readonly<Record<string, string | number>>;

/** One rule of an Adapters resource: what it matches and where that goes. */
export interface Rule<Target> {
  readonly match: Match;
  readonly target: Target;
  /** `file:line`, for messages. */
  readonly origin: string;
}

/** Says whether a rule is for a subject. A value that the legacy code did not give fits only `*`. */
export function matchesRule(rule: Rule<unknown>, subject: Subject): boolean {
  return Object.entries(rule.match).every(([name, pattern]) =>
    matchesPattern(String(pattern), String(subject[name] ?? "")),
  );
}

/** Finds the first rule that an earlier one makes unreachable, with that earlier one. */
export function findUnreachable<T>(
  rules: readonly Rule<T>[],
): { readonly rule: Rule<T>; readonly earlier: Rule<T> } | undefined {
  for (const [index, rule] of rules.entries()) {
    const earlier = rules.slice(0, index).find((candidate) => coversMatch(candidate.match, rule.match));
    if (earlier !== undefined) return { rule, earlier };
  }
  return undefined;
}

function coversMatch(general: Match, specific: Match): boolean {
  return Object.entries(general).every(([name, pattern]) =>
    coversPattern(String(pattern), String(specific[name] ?? "*")),
  );
}
