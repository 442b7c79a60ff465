import type { ActorChannel, appCallback } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";
import { type AnswerFields, fieldsOf } from "./answer-fields.js";
import { durationMs } from "../resources/duration.js";
import type { AppHttpClient } from "./http-exchange.js";
import { readBody } from "./read-body.js";

/** What an app says of itself when its runtime asks. */
export interface HttpDiscovery {
  readonly subscriptions: readonly appCallback.TopicSubscription[];
  readonly actors: Pick<ActorChannel, "types" | "config"> | undefined;
}

/** What is asked, and who hears of answers that make no sense. */
export interface DiscoveryOptions {
  readonly client: AppHttpClient;
  readonly maxBytes: number;
  readonly logger: ComponentLogger;
  /** Ends the asking: an app may listen and never answer. */
  readonly signal: AbortSignal;
}

/**
 * Asks an HTTP app as daprd does: `GET /dapr/config` for actors, `GET /dapr/subscribe` for topics. A route that the app does not have
 * means none, as does an answer that cannot be read: apps that serve a page at every path are no rarity.
 */
export async function discover(options: DiscoveryOptions): Promise<HttpDiscovery> {
  const [config, topics] = await Promise.all([getJson("/dapr/config", options), getJson("/dapr/subscribe", options)]);
  return {
    subscriptions: Array.isArray(topics) ? topics.map(toSubscription).filter((each) => hasRoute(each, options)) : [],
    actors: toActors(fieldsOf(config)),
  };
}

/** As in daprd, an HTTP app must say where it takes a topic. */
function hasRoute({ pubsubName, topic, routes }: appCallback.TopicSubscription, { logger }: DiscoveryOptions): boolean {
  if (routes?.default !== "" || routes.rules.length > 0) return true;
  logger.warn(
    `the app lists topic "${topic}" of "${pubsubName}" without a route, so no events of it come. Add "route" or "routes" to its answer to GET /dapr/subscribe.`,
  );
  return false;
}

async function getJson(path: string, { client, maxBytes, logger, signal }: DiscoveryOptions): Promise<unknown> {
  const { status, body } = await client.send({ verb: "GET", path, headers: {}, signal });
  if (status !== 200) {
    body.resume();
    return undefined;
  }
  try {
    const bytes = await readBody(body, maxBytes);
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    logger.warn(`the app's answer to GET ${path} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** Asks an HTTP app as daprd does whether it takes the events of an input binding: `OPTIONS` on the route of that. */
export async function wantsEvents(client: AppHttpClient, route: string): Promise<boolean> {
  const path = route.startsWith("/") ? route : `/${route}`;
  const { status, body } = await client.send({ verb: "OPTIONS", path, headers: {} });
  body.resume();
  return (status >= 200 && status < 300) || status === 405;
}

function toSubscription(value: unknown): appCallback.TopicSubscription {
  const { pubsubname, topic, route, routes, metadata, ...more } = fieldsOf(value);
  const { rules, default: byDefault } = fieldsOf(routes);
  const bulk = fieldsOf(more["bulksubscribe"]);
  return {
    pubsubName: text(pubsubname),
    topic: text(topic),
    metadata: texts(metadata),
    routes: {
      rules: Array.isArray(rules) ? rules.map(toRule) : [],
      default: text(byDefault) === "" ? text(route) : text(byDefault),
    },
    deadLetterTopic: text(more["deadlettertopic"]),
    ...(bulk["enabled"] === true && {
      bulkSubscribe: {
        enabled: true,
        maxMessagesCount: Number(bulk["maxmessagescount"] ?? 0),
        maxAwaitDurationMs: Number(bulk["maxawaitdurationms"] ?? 0),
      },
    }),
  };
}

function toRule(value: unknown): appCallback.TopicRule {
  const { match, path } = fieldsOf(value);
  return { match: text(match), path: text(path) };
}

function toActors(config: AnswerFields): HttpDiscovery["actors"] {
  const own = textList(config["entities"]);
  const each = config["entitiesconfig"];
  const entities = Array.isArray(each) ? each.map(fieldsOf) : [];
  const types = [...new Set([...own, ...entities.flatMap((entity) => textList(entity["entities"]))])];
  if (types.length === 0) return undefined;
  return { types, config: { ...settingsOf(config), entitiesConfig: entities.map(settingsOf) } };
}

function settingsOf(fields: AnswerFields): Omit<ActorChannel["config"], "entitiesConfig"> {
  const reentrancy = fieldsOf(fields["reentrancy"]);
  const idle = toDuration(fields["actoridletimeout"]);
  const drain = toDuration(fields["drainongoingcalltimeout"]);
  const drainRebalancedActors = fields["drainrebalancedactors"];
  const depth = reentrancy["maxstackdepth"];
  return {
    entities: textList(fields["entities"]),
    ...(idle && { actorIdleTimeout: idle }),
    ...(drain && { drainOngoingCallTimeout: drain }),
    ...(typeof drainRebalancedActors === "boolean" && { drainRebalancedActors }),
    ...(reentrancy["enabled"] === true && {
      reentrancy: { enabled: true, ...(typeof depth === "number" && { maxStackDepth: depth }) },
    }),
  };
}

function toDuration(value: unknown): ActorChannel["config"]["actorIdleTimeout"] {
  const ms = typeof value === "string" && value !== "" ? durationMs(value) : undefined;
  if (ms === undefined) return undefined;
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.round((ms % 1_000) * 1e6) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}
