import type { appCallback } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";

/** A CloudEvent as rules see it: its attributes by name. */
export type EventAttributes = Readonly<Record<string, unknown>>;

/** One route of a subscription. */
export interface RoutingRule {
  /** Where the app takes the events. */
  readonly path: string;
  /** Whether an event is for this route; absent for all. Throws if the expression cannot be evaluated. */
  readonly matches?: (event: EventAttributes) => boolean;
}

/**
 * Compiles the routes of a subscription: rules in their order, then the default. No routes at all are one with an empty path, as
 * in daprd. The library for expressions is loaded with the first one.
 *
 * @throws MechaError `INVALID_ARGUMENT` for an expression that is no CEL
 */
export async function compileRules(routes: appCallback.TopicRoutes | undefined): Promise<readonly RoutingRule[]> {
  const rules = await Promise.all((routes?.rules ?? []).map(compileRule));
  const byDefault = routes?.default ?? "";
  if (byDefault !== "") return [...rules, { path: byDefault }];
  return rules.length > 0 ? rules : [{ path: "" }];
}

async function compileRule({ match, path }: appCallback.TopicRule): Promise<RoutingRule> {
  const expression = match.trim();
  return expression === "" ? { path } : { path, matches: await compile(expression, path) };
}

async function compile(expression: string, path: string): Promise<(event: EventAttributes) => boolean> {
  const { Environment } = await import("@marcbachmann/cel-js");
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  try {
    const evaluate = environment.parse(expression);
    return (event) => {
      const result: unknown = evaluate({ event });
      if (typeof result === "boolean") return result;
      throw new TypeError(`the result of match expression ${expression} was not a boolean`);
    };
  } catch (cause) {
    // The lines after the first show where in the expression.
    const [why = ""] = messageOf(cause).split("\n", 1);
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The rule "${expression}" of the route "${path}" is no CEL expression: ${why}`,
      { operation: "pubsub.subscribe", cause },
    );
  }
}

/** The route of an event: the first whose rule is true for it; `undefined` if there is none. */
export function routeOf(rules: readonly RoutingRule[], attributes: () => EventAttributes): string | undefined {
  let event: EventAttributes | undefined;
  for (const { path, matches } of rules) {
    if (matches === undefined) return path;
    // Parsed once, and only for subscriptions with rules.
    if (matches((event ??= attributes()))) return path;
  }
  return undefined;
}
