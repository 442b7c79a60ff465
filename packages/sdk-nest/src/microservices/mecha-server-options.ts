import type { ConnectOptions, HostOptions, TopicHandlerOptions } from "@mecha/sdk-core";
import type { ConsumerDeserializer, ConsumerSerializer } from "@nestjs/microservices";

/** How {@link MechaServer} takes messages and events. */
export interface MechaServerOptions {
  /** Name of the pub/sub component of `@EventPattern` methods that name no other. */
  readonly pubsub?: string;
  /** What reads requests and events before their handlers. @defaultValue none */
  readonly deserializer?: ConsumerDeserializer;
  /** What makes replies of packets. @defaultValue none */
  readonly serializer?: ConsumerSerializer;
}

/** The options of a server that has a connection and a host of its own. */
export interface StandaloneServerOptions extends MechaServerOptions {
  /** The runtime. @defaultValue the one that the environment names */
  readonly connection?: ConnectOptions;
  /** Where the runtime's calls come in. */
  readonly host?: HostOptions;
}

/** What an `@EventPattern(pattern, extras)` may say of its topic; the same pattern says it once. */
export interface MechaEventExtras
  extends Pick<TopicHandlerOptions, "deadLetterTopic" | "match" | "metadata" | "priority" | "rawPayload" | "route"> {
  /** Name of the pub/sub component. @defaultValue that of the server */
  readonly pubsub?: string;
}
