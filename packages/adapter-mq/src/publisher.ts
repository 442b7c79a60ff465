import {
  callCounter,
  createLazySession,
  requirePubSub,
  resolveMqRoute,
  type AdapterSession,
  type CallCounter,
} from "@mecha/adapter-kit";
import type { Mecha } from "@mecha/sdk-core";
import { toPublishMetadata, type LegacyMessage } from "./legacy-message.js";

/** How to send. */
export interface SendOptions {
  /** The topic as the legacy code names it (without namespace), for the rules. @defaultValue the message's topic */
  readonly routeTopic?: string;
  /** How long the broker may take, in milliseconds. @defaultValue unlimited */
  readonly timeoutMs?: number;
}

/** Sends messages of one producer group. */
export interface Publisher {
  /** Connects; a wrong setting or a backend that is down shows here already. */
  open(): Promise<void>;
  /**
   * Sends a message; resolves once the broker holds it.
   *
   * @throws MechaError `CONFIGURATION_INVALID` if no component or rule is for the topic, `DEADLINE_EXCEEDED` if the broker does
   * not answer in time, or what the component throws.
   */
  send(message: LegacyMessage, options?: SendOptions): Promise<void>;
  /** Gives the connection back. Idempotent. */
  close(): Promise<void>;
}

/** Where the messages of a topic go, and what counts them. */
interface TopicRoute {
  readonly pubsub: ReturnType<Mecha["pubsub"]>;
  readonly counter: CallCounter | undefined;
}

/** Makes a publisher over the process's connection, which it opens when it is first used. */
export function createPublisher(group: string): Publisher {
  const session = createLazySession();
  const routes = new Map<string, TopicRoute>();
  const routeOf = ({ mecha, routing }: AdapterSession, topic: string): TopicRoute => {
    const known = routes.get(topic);
    if (known !== undefined) return known;
    const { component, type, backend } = resolveMqRoute(routing, { topic, group });
    const counter = callCounter({ adapter: "mq", component, type, backend });
    const found = { pubsub: mecha.pubsub(component), counter };
    routes.set(topic, found);
    return found;
  };
  return {
    async open() {
      requirePubSub((await session.get()).routing);
    },
    async send({ topic, body, properties }, { routeTopic = topic, timeoutMs } = {}) {
      const { pubsub, counter } = routeOf(session.opened ?? (await session.get()), routeTopic);
      const start = performance.now();
      await pubsub.publish(topic, body, {
        rawPayload: true,
        metadata: toPublishMetadata(properties),
        ...(timeoutMs !== undefined && { deadline: Date.now() + timeoutMs }),
      });
      counter?.record("send", (performance.now() - start) * 1000);
    },
    close: () => session.close(),
  };
}
