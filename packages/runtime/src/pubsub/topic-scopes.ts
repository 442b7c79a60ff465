import { daprError } from "../errors/dapr-error.js";
import type { RunningComponent } from "../registry.js";

/** What an app wants to do with a topic. */
export type TopicUse = "publish" | "subscribe";

interface Scopes {
  readonly allowed: ReadonlySet<string>;
  readonly protected: ReadonlySet<string>;
  readonly publish: ReadonlySet<string>;
  readonly subscribe: ReadonlySet<string>;
}

/**
 * Which topics an app may use: what the metadata of pub/sub components says in `allowedTopics`, `protectedTopics`,
 * `publishingScopes` and `subscriptionScopes`, read as daprd does. An app that no scope names may use every topic that is not
 * protected.
 */
export class TopicScopes {
  /** The app whose scopes these are. */
  readonly appId: string;
  /** Parsed once for each component. */
  readonly #byComponent = new WeakMap<RunningComponent<"pubsub">, Scopes | "all">();

  constructor(appId: string) {
    this.appId = appId;
  }

  /** Whether the app may use a topic. */
  allows(running: RunningComponent<"pubsub">, topic: string, use: TopicUse): boolean {
    let scopes = this.#byComponent.get(running);
    if (scopes === undefined) this.#byComponent.set(running, (scopes = parse(running.metadata, this.appId)));
    if (scopes === "all") return true;
    if (scopes.allowed.size > 0 && !scopes.allowed.has(topic)) return false;
    const own = scopes[use];
    return own.size === 0 && !scopes.protected.has(topic) ? true : own.has(topic);
  }

  /**
   * Refuses a topic that the app may not publish to.
   *
   * @throws MechaError `PERMISSION_DENIED` (`DAPR_PUBSUB_FORBIDDEN`)
   */
  requirePublish(running: RunningComponent<"pubsub">, topic: string): void {
    if (this.allows(running, topic, "publish")) return;
    throw daprError("pubsubForbidden", `topic ${topic} is not allowed for app id ${this.appId}`, {
      component: running.name,
      metadata: { topic },
    });
  }

  /**
   * Refuses a topic that the app may not subscribe to.
   *
   * @throws MechaError `PERMISSION_DENIED` (`DAPR_PUBSUB_FORBIDDEN`)
   */
  requireSubscribe(running: RunningComponent<"pubsub">, topic: string): void {
    if (this.allows(running, topic, "subscribe")) return;
    throw daprError("pubsubForbidden", `subscription to topic '${topic}' on pubsub '${running.name}' is not allowed`, {
      component: running.name,
      metadata: { topic },
    });
  }
}

function parse(metadata: Readonly<Record<string, string>>, appId: string): Scopes | "all" {
  const entry = (name: string): string => {
    const found = Object.entries(metadata).find(([key]) => key.toLowerCase() === name.toLowerCase());
    return found?.[1].replaceAll(" ", "") ?? "";
  };
  const topics = (text: string): string[] => (text === "" ? [] : text.split(","));
  // `app=topic,topic;other=`: an app with an empty list may use none.
  const ofApp = (name: string): Set<string> => {
    const parts = entry(name)
      .split(";")
      .map((part) => part.split("="));
    return new Set(parts.flatMap(([app, list]) => (app === appId && list !== undefined ? list.split(",") : [])));
  };
  const scopes = {
    allowed: new Set(topics(entry("allowedTopics"))),
    protected: new Set(topics(entry("protectedTopics"))),
    publish: ofApp("publishingScopes"),
    subscribe: ofApp("subscriptionScopes"),
  };
  return Object.values(scopes).every(({ size }) => size === 0) ? "all" : scopes;
}
