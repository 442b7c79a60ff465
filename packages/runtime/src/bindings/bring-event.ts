import { appCallback, type AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError, type BindingEvent, type ComponentLogger } from "@mecha/spec";
import type { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import { AttemptContext } from "../resiliency/attempt-context.js";
import type { InboundPolicy } from "../resiliency/inbound-policy.js";
import { findOutputBinding } from "./invoke-binding.js";

/** An event of an input binding, and the app that it is for. */
export interface BroughtEvent {
  readonly name: string;
  readonly event: BindingEvent;
  readonly channel: AppChannel;
  readonly calls: OpenCalls;
  /** Aborts when events are no longer taken: no further attempts. */
  readonly closing: AbortSignal;
  readonly policy: InboundPolicy | undefined;
  /** Has the output bindings that the app may name. */
  readonly registry: Registry;
  readonly logger: ComponentLogger;
}

/** Calls the app, sends what it answers to the output bindings that it names, and gives the answer's data to the binding. */
export async function bringEvent(brought: BroughtEvent): Promise<Uint8Array> {
  const { name, event, channel, calls, closing, policy, registry, logger } = brought;
  const binding = channel.binding?.bind(channel);
  if (binding === undefined) {
    throw new MechaError("UNIMPLEMENTED", `The app takes no events of bindings, so those of "${name}" cannot reach it`);
  }
  const request = { name, data: Buffer.from(event.data), metadata: { ...event.metadata } };
  const call = (signal?: AbortSignal): Promise<appCallback.BindingEventResponse> =>
    binding(request, signal === undefined ? calls.context : new AttemptContext(calls.context, signal));
  const response = await calls.wait(policy === undefined ? call() : policy.call(call, closing));
  // daprd has handled the event then, and only logs what goes wrong here.
  await sendOn(response, registry).catch((error: unknown) => {
    logger.error(`the answer to an event of binding "${name}" could not be sent on: ${messageOf(error)}`);
  });
  return response.data;
}

async function sendOn({ to, data, concurrency }: appCallback.BindingEventResponse, registry: Registry): Promise<void> {
  const send = (name: string): Promise<unknown> =>
    registry.calls.during(findOutputBinding(registry, name).invoke({ operation: "create", data, metadata: {} }));
  if (concurrency === appCallback.BindingEventResponse_BindingEventConcurrency.PARALLEL) {
    await Promise.all(to.map(async (name) => send(name)));
    return;
  }
  for (const name of to) await send(name);
}
