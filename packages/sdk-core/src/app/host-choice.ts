import type { HostHandlers } from "./host-handlers.js";

/** The functions with which a host is given handlers. */
type HandlerName =
  | "onTopic"
  | "onBulkTopic"
  | "onInvoke"
  | "onBinding"
  | "onJob"
  | "onConfiguration"
  | "onHealth"
  | "actor";

/**
 * How calls reach a handler: over a stream that the app opens, by calls of the sidecar to a port of the app, in the same
 * process, by calls if there is a port for others, or not at all: `never` is as good as not being registered, `refused`
 * fails the start.
 */
type HandlerWay = "stream" | "call" | "in-process" | "with calls" | "never" | "refused";

/** One line of the table of hosts. */
export interface HostChoice {
  readonly handler: HandlerName;
  /** The option of the handler that the line is for; without one, all that no other line is for. */
  readonly option?: string;
  readonly sidecar: HandlerWay;
  readonly embedded: HandlerWay;
}

/**
 * Which host calls which handler. Streams need no port and are taken where they do: they know no rules, no batches, no
 * input bindings, no invocation and no jobs. docs/guide/hosts.md shows the same table.
 */
export const hostChoices: readonly HostChoice[] = [
  { handler: "onTopic", sidecar: "stream", embedded: "stream" },
  { handler: "onTopic", option: "match", sidecar: "call", embedded: "in-process" },
  { handler: "onTopic", option: "bulk", sidecar: "call", embedded: "in-process" },
  { handler: "onTopic", option: "route", sidecar: "call", embedded: "in-process" },
  { handler: "onBulkTopic", sidecar: "call", embedded: "in-process" },
  { handler: "onInvoke", sidecar: "call", embedded: "in-process" },
  { handler: "onBinding", sidecar: "call", embedded: "in-process" },
  { handler: "onJob", sidecar: "call", embedded: "in-process" },
  { handler: "onConfiguration", sidecar: "stream", embedded: "stream" },
  { handler: "actor", sidecar: "stream", embedded: "stream" },
  { handler: "onHealth", sidecar: "with calls", embedded: "never" },
];

/** A handler as it is to be named to people, and how it is reached. */
export interface PlacedHandler {
  /** For example `onTopic("events", "orders") with match`. */
  readonly title: string;
  readonly way: HandlerWay;
}

/** How the handlers of a host are reached. */
export function placeHandlers(handlers: HostHandlers, mode: "embedded" | "sidecar"): readonly PlacedHandler[] {
  const place = (handler: HandlerName, names: readonly string[], option?: string): PlacedHandler => ({
    title: `${handler}(${names.map((name) => JSON.stringify(name)).join(", ")})${option === undefined ? "" : ` with ${option}`}`,
    way: wayOf(handler, option, mode),
  });
  return [
    ...handlers.topics.map(({ pubsubName, topic, callbackReason }) =>
      callbackReason === "onBulkTopic"
        ? place("onBulkTopic", [pubsubName, topic])
        : place("onTopic", [pubsubName, topic], callbackReason),
    ),
    ...[...handlers.methods.keys()].map((method) => place("onInvoke", [method])),
    ...[...handlers.bindings.keys()].map((name) => place("onBinding", [name])),
    ...[...handlers.jobs.keys()].map((name) => place("onJob", [name])),
    ...handlers.configurations.map(({ store }) => place("onConfiguration", [store])),
    ...handlers.actors.map(({ options }) => place("actor", [options.type])),
    ...(handlers.health === undefined ? [] : [place("onHealth", [])]),
  ];
}

function wayOf(handler: HandlerName, option: string | undefined, mode: "embedded" | "sidecar"): HandlerWay {
  const choice = hostChoices.find((line) => line.handler === handler && line.option === option);
  // Each handler and each option that placeHandlers() names has its line.
  return choice?.[mode] ?? "refused";
}
