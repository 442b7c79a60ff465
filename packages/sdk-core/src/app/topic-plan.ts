import { MechaError } from "@mecha/spec";
import type { TopicSubscription } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { Metadata } from "../transport/transport.js";
import type { BulkOptions, BulkTopicHandler, TopicHandler, TopicHandlerOptions } from "./topic-options.js";

/** A handler of a topic, for one event or for several. */
export type AnyTopicHandler =
  | { readonly kind: "single"; readonly handle: TopicHandler }
  | { readonly kind: "bulk"; readonly handle: BulkTopicHandler };

/** A handler as it was registered. */
export interface TopicRegistration {
  readonly pubsubName: string;
  readonly topic: string;
  readonly handler: AnyTopicHandler;
  readonly options: TopicHandlerOptions;
}

/** One route of a topic: where the runtime delivers events, and who handles them. */
interface TopicRoute {
  readonly path: string;
  /** CEL expression; `undefined` for the route of all other events. */
  readonly match: string | undefined;
  readonly handler: AnyTopicHandler;
}

/** A topic with all its handlers. */
export interface TopicPlan {
  readonly pubsubName: string;
  readonly topic: string;
  /** Rules in the order in which they are tried; the route without one is the last. */
  readonly routes: readonly TopicRoute[];
  readonly deadLetterTopic: string | undefined;
  readonly metadata: Metadata;
  readonly bulk: BulkOptions | undefined;
  /** Whether a Subscription resource of the runtime delivers the events. */
  readonly isDeclared: boolean;
  /** The handler, or the option of one, for which a stream does not do; `undefined` if a stream does. */
  readonly callbackReason: TopicCallbackReason | undefined;
}

/** What of a topic's handlers needs calls into the app. */
type TopicCallbackReason = "onBulkTopic" | "match" | "bulk" | "route";

/**
 * Brings the handlers of each topic together.
 *
 * @throws MechaError `ALREADY_EXISTS` for two handlers of one route, `INVALID_ARGUMENT` for options that contradict each other.
 */
export function planTopics(registrations: readonly TopicRegistration[]): readonly TopicPlan[] {
  const groups = new Map<string, TopicRegistration[]>();
  for (const registration of registrations) {
    const key = JSON.stringify([registration.pubsubName, registration.topic]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [registration]);
    else group.push(registration);
  }
  return [...groups.values()].map(planTopic);
}

function planTopic(group: readonly TopicRegistration[], index: number): TopicPlan {
  const [{ pubsubName, topic }] = group as readonly [TopicRegistration, ...TopicRegistration[]];
  requireOneHandlerPerRoute(group);
  requireRoutesForAllOrNone(group);
  const shared = <K extends keyof TopicHandlerOptions>(name: K): TopicHandlerOptions[K] | undefined =>
    agreed(group, name);
  const ordered = [...group].sort((one, other) => rank(one) - rank(other));
  const base = `/mecha/topics/${index}-${plain(pubsubName)}-${plain(topic)}`;
  const bulk = shared("bulk") ?? group.some(({ handler }) => handler.kind === "bulk");
  return {
    pubsubName,
    topic,
    routes: ordered.map(({ handler, options }, number) => ({
      path: options.route ?? `${base}/${number}`,
      match: matchOf(options),
      handler,
    })),
    deadLetterTopic: shared("deadLetterTopic"),
    metadata: { ...shared("metadata"), ...(shared("rawPayload") === true && { rawPayload: "true" }) },
    bulk: bulk === true ? {} : bulk === false ? undefined : bulk,
    isDeclared: group.some(({ options }) => options.route !== undefined),
    callbackReason: callbackReasonOf(group),
  };
}

/** Rules by priority, then the handler of all other events. The sort is stable, so equals stay as registered. */
function rank({ options }: TopicRegistration): number {
  if (matchOf(options) !== undefined || options.route !== undefined) return options.priority ?? 0;
  return Number.POSITIVE_INFINITY;
}

function matchOf({ match }: TopicHandlerOptions): string | undefined {
  const trimmed = match?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** Only for people who read logs: numbers tell paths apart. */
function plain(name: string): string {
  return name.replace(/[^\w.-]+/gu, "_");
}

function requireOneHandlerPerRoute(group: readonly TopicRegistration[]): void {
  const seen = new Set<string>();
  for (const { pubsubName, topic, options } of group) {
    const match = matchOf(options);
    const route = options.route ?? match ?? "";
    if (!seen.has(route)) {
      seen.add(route);
      continue;
    }
    const which = options.route ?? (match === undefined ? "without a rule" : `for "${match}"`);
    throw new MechaError(
      "ALREADY_EXISTS",
      `Topic "${topic}" of "${pubsubName}" has a handler ${which} already; give the second a rule of its own (match), or make one of both`,
      { operation: "app.onTopic", component: pubsubName },
    );
  }
}

function requireRoutesForAllOrNone(group: readonly TopicRegistration[]): void {
  const without = group.find(({ options }) => options.route === undefined);
  if (without === undefined || group.every(({ options }) => options.route === undefined)) return;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `Topic "${without.topic}" of "${without.pubsubName}" has handlers with a route and one without, which would never be called; give it the route that the Subscription resource names`,
    { operation: "app.onTopic", component: without.pubsubName },
  );
}

/** The value of an option that concerns the whole topic: named by any of its handlers, the same wherever it is named. */
function agreed<K extends keyof TopicHandlerOptions>(
  group: readonly TopicRegistration[],
  name: K,
): TopicHandlerOptions[K] | undefined {
  const named = group.filter(({ options }) => options[name] !== undefined);
  const [first] = named;
  const text = JSON.stringify(first?.options[name]);
  if (first !== undefined && named.some(({ options }) => JSON.stringify(options[name]) !== text)) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The handlers of topic "${first.topic}" of "${first.pubsubName}" name different values for ${name}, which is one for the topic`,
      { operation: "app.onTopic", component: first.pubsubName },
    );
  }
  return first?.options[name];
}

function callbackReasonOf(group: readonly TopicRegistration[]): TopicCallbackReason | undefined {
  for (const { handler, options } of group) {
    if (handler.kind === "bulk") return "onBulkTopic";
    if (matchOf(options) !== undefined) return "match";
    if (options.route !== undefined) return "route";
    if (options.bulk !== undefined && options.bulk !== false) return "bulk";
  }
  return undefined;
}

/** What the runtime is told of a topic that it delivers by calls. */
export function toSubscription(plan: TopicPlan): TopicSubscription {
  const { pubsubName, topic, deadLetterTopic = "", metadata, bulk, routes } = plan;
  const rules = routes.flatMap(({ match, path }) => (match === undefined ? [] : [{ match, path }]));
  return {
    pubsubName,
    topic,
    deadLetterTopic,
    metadata: { ...metadata },
    routes: { rules, default: routes.find(({ match }) => match === undefined)?.path ?? "" },
    bulkSubscribe: bulk && {
      enabled: true,
      maxMessagesCount: bulk.maxMessagesCount ?? 0,
      maxAwaitDurationMs: bulk.maxAwaitDurationMs ?? 0,
    },
  };
}
