import type {
  BindingOptions,
  BulkOptions,
  ConfigurationCallOptions,
  InvocationOptions,
  Metadata,
} from "@mecha/sdk-core";

/** A rule of a topic: which of its events a handler is for. */
export interface TopicRule {
  /** A CEL expression over `event`, for example `event.type == "order.paid"`. */
  readonly match: string;
  /** Rules of a topic are tried from the lowest priority up. @defaultValue 0 */
  readonly priority?: number;
}

/** Of which runtime a handler takes calls. */
export interface RuntimeChoice {
  /** Name of the runtime, where the app has several. @defaultValue `default` */
  readonly runtime?: string;
}

/** How a method subscribes to a topic. */
export interface SubscribeOptions extends RuntimeChoice {
  /** Only the events that one of these rules matches; a text is a rule of priority 0. @defaultValue those that no other rule takes */
  readonly rules?: string | TopicRule | readonly (string | TopicRule)[];
  /** Where events go that are given up. */
  readonly deadLetterTopic?: string;
  /** The method takes several events at once, as lists. @defaultValue `false` */
  readonly bulk?: boolean | BulkOptions;
  /** The publisher sends bare bytes, no CloudEvents. @defaultValue `false` */
  readonly raw?: boolean;
  /** Metadata of the subscription. */
  readonly metadata?: Metadata;
  /** The route of a Subscription resource that delivers the events; the method does not subscribe by itself then. */
  readonly route?: string;
}

/** How a method takes an input binding. */
export interface OnBindingOptions extends RuntimeChoice, BindingOptions {}

/** How a method answers invocations. */
export interface OnInvokeOptions extends RuntimeChoice, InvocationOptions {}

/** How a method takes a job. */
export interface OnJobOptions extends RuntimeChoice {}

/** How a method hears of configuration. */
export interface OnConfigurationOptions extends RuntimeChoice, Omit<ConfigurationCallOptions, "signal"> {}

/** What a method is decorated to handle. */
export type HandlerSpec =
  | { readonly kind: "topic"; readonly pubsub: string; readonly topic: string; readonly options: SubscribeOptions }
  | { readonly kind: "binding"; readonly name: string; readonly options: OnBindingOptions }
  | { readonly kind: "invocation"; readonly method: string; readonly options: OnInvokeOptions }
  | { readonly kind: "job"; readonly name: string; readonly options: OnJobOptions }
  | {
      readonly kind: "configuration";
      readonly store: string;
      readonly keys: readonly string[];
      readonly options: OnConfigurationOptions;
    };

/** What a method of an actor is decorated to handle; a reminder without a name is any that no other method is for. */
export type ActorHandlerSpec =
  | { readonly kind: "actor-method" | "timer"; readonly name: string }
  | { readonly kind: "reminder"; readonly name: string | undefined };

/** What a method is decorated with. */
export type MethodSpec = HandlerSpec | ActorHandlerSpec;

/** Whether a method is one of an actor. */
export function isOfActor(spec: MethodSpec): spec is ActorHandlerSpec {
  return spec.kind === "actor-method" || spec.kind === "timer" || spec.kind === "reminder";
}

/** Whether a topic's method takes several events at once. */
export function takesBatches({ bulk }: SubscribeOptions): boolean {
  return bulk !== undefined && bulk !== false;
}

/** A handler as its decorator was written, for messages. */
export function handlerTitle(spec: MethodSpec): string {
  switch (spec.kind) {
    case "topic":
      return `@Subscribe(${JSON.stringify(spec.pubsub)}, ${JSON.stringify(spec.topic)})`;
    case "binding":
      return `@OnBinding(${JSON.stringify(spec.name)})`;
    case "invocation":
      return `@OnInvoke(${JSON.stringify(spec.method)})`;
    case "job":
      return `@OnJob(${JSON.stringify(spec.name)})`;
    case "configuration":
      return `@OnConfiguration(${JSON.stringify(spec.store)})`;
    case "actor-method":
      return `@ActorMethod(${JSON.stringify(spec.name)})`;
    case "timer":
      return `@OnTimer(${JSON.stringify(spec.name)})`;
    case "reminder":
      return `@OnReminder(${spec.name === undefined ? "" : JSON.stringify(spec.name)})`;
  }
}
