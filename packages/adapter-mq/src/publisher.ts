import {
  callCounter,
  createLazySession,
  requirePubSub,
  resolveMqRoute,
  type CallCounter,
  type ComponentRoute,
} from "@mecha/adapter-kit";
import { toPublishMetadata, type LegacyMessage } from "./legacy-message.js";

/** Sends messages of one producer group. */
export interface Publisher {
  /** Connects; a wrong setting or a backend that is down shows here already. */
  open(): Promise<void>;
  /**
   * Sends a message; resolves once the broker holds it.
   *
   * @param routeTopic - the topic as the legacy code names it (without namespace), for the rules
   */
  send(message: LegacyMessage, routeTopic?: string): Promise<void>;
  /** Gives the connection back. Idempotent. */
  close(): Promise<void>;
}

/** Makes a publisher over the process's connection, which it opens when it is first used. */
export function createPublisher(group: string): Publisher {
  const session = createLazySession();
  const routes = new Map<string, { readonly route: ComponentRoute; readonly counter: CallCounter }>();
  return {
    async open() {
      requirePubSub((await session.get()).routing);
    },
    async send({ topic, body, properties }, routeTopic = topic) {
      const { mecha, routing } = await session.get();
      let known = routes.get(routeTopic);
      if (known === undefined) {
        const route = resolveMqRoute(routing, { topic: routeTopic, group });
        const { component, type, backend } = route;
        known = { route, counter: callCounter({ adapter: "mq", component, type, backend }) };
        routes.set(routeTopic, known);
      }
      const start = performance.now();
      await mecha
        .pubsub(known.route.component)
        .publish(topic, body, { rawPayload: true, metadata: toPublishMetadata(properties) });
      known.counter.record("send", (performance.now() - start) * 1000);
    },
    close: () => session.close(),
  };
}
