import { type EventOutcome, type Host, MechaError, type TopicHandlerOptions } from "@mecha/sdk-core";
import { HandlerCall, type HandlerIdentity } from "../handlers/handler-call.js";
import { type HandlerSpec, type SubscribeOptions, takesBatches, type TopicRule } from "../handlers/handler-spec.js";
import { DropEvent } from "../outcome/drop-event.js";
import { outcomeOf, replyErrorOf, returnedOutcome, returnedOutcomes } from "../outcome/outcome-of.js";
import type { CallHandler } from "./method-caller.js";

/** A handler that is ready to be called. */
export interface ReadyHandler {
  readonly spec: HandlerSpec;
  readonly hasDeadLetterTopic: boolean;
  readonly warn: (message: string) => void;
  readonly identity: HandlerIdentity;
  readonly call: CallHandler;
  readonly readPayload: (message: unknown) => unknown;
}

/** Gives a handler to a host. */
export function addHandler(host: Host, ready: ReadyHandler): void {
  const { spec } = ready;
  const handle = (message: unknown): unknown => ready.call(new HandlerCall(ready.identity, message, ready.readPayload));
  switch (spec.kind) {
    case "topic":
      addTopic(host, spec, (message, read) => settled(handle(message), read, ready));
      return;
    case "binding":
      host.onBinding(spec.name, (event) => unlessDropped(handle(event)), spec.options);
      return;
    case "invocation":
      host.onInvoke(spec.method, (invocation) => answer(handle(invocation)), spec.options);
      return;
    case "job":
      host.onJob(spec.name, async (event) => {
        await unlessDropped(handle(event));
      });
      return;
    case "configuration": {
      const { runtime: _, ...options } = spec.options;
      const hear = async (values: unknown): Promise<void> => {
        await handle(values);
      };
      host.onConfiguration(spec.store, spec.keys, hear, options);
    }
  }
}

/** Handles what came; `read` finds the outcome in what the method returns. */
type Handle = <T>(message: unknown, read: (value: unknown) => T) => Promise<T | EventOutcome>;

/** What becomes of an event: what its handler says, or what follows from what it threw. */
async function settled<T>(
  result: unknown,
  read: (value: unknown) => T,
  { identity, hasDeadLetterTopic, warn }: ReadyHandler,
): Promise<T | EventOutcome> {
  try {
    return read(await result);
  } catch (thrown) {
    const outcome = outcomeOf(thrown, hasDeadLetterTopic);
    const reason = replyErrorOf(thrown);
    // The host reports what is thrown, and has the event delivered again.
    if (outcome === "retry") throw reason;
    const { name, component = "" } = identity;
    const where = hasDeadLetterTopic ? "goes to the dead letter topic" : "is given up";
    warn(`An event of topic "${name}" of "${component}" ${where}: ${MechaError.from(reason).message}`);
    return outcome;
  }
}

function addTopic(host: Host, spec: Extract<HandlerSpec, { kind: "topic" }>, handle: Handle): void {
  const { pubsub, topic, options } = spec;
  for (const rule of rulesOf(options)) {
    const topicOptions = toTopicOptions(options, rule);
    if (takesBatches(options))
      host.onBulkTopic(pubsub, topic, (events) => handle(events, returnedOutcomes), topicOptions);
    else host.onTopic(pubsub, topic, (event) => handle(event, returnedOutcome), topicOptions);
  }
}

function rulesOf({ rules }: SubscribeOptions): readonly (TopicRule | undefined)[] {
  const listed = rules === undefined || typeof rules === "string" || !isList(rules) ? [rules] : rules;
  return listed.map((rule) => (typeof rule === "string" ? { match: rule } : rule));
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function toTopicOptions(options: SubscribeOptions, rule: TopicRule | undefined): TopicHandlerOptions {
  const { deadLetterTopic, bulk, raw, metadata, route } = options;
  return {
    ...rule,
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
    ...(bulk !== undefined && { bulk }),
    ...(raw !== undefined && { rawPayload: raw }),
    ...(metadata !== undefined && { metadata }),
    ...(route !== undefined && { route }),
  };
}

async function unlessDropped(result: unknown): Promise<unknown> {
  try {
    return await result;
  } catch (thrown) {
    if (DropEvent.is(thrown)) return undefined;
    throw thrown;
  }
}

async function answer(result: unknown): Promise<unknown> {
  try {
    return await result;
  } catch (thrown) {
    throw replyErrorOf(thrown);
  }
}
