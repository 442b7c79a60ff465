import { appCallback, type AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError, type BindingEvent, type ComponentLogger, type Subscription } from "@mecha/spec";
import { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";
import { AttemptContext } from "../resiliency/attempt-context.js";
import type { InboundPolicy } from "../resiliency/inbound-policy.js";
import type { Protection } from "../resiliency/protection.js";
import { inputOf, isExplicitInput } from "./binding-direction.js";
import { findOutputBinding } from "./invoke-binding.js";

/** What the app is called for input bindings by. */
export interface AppBindingsContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly protection: Protection | undefined;
}

/**
 * Starts to read the input bindings that an app wants: those that its channel lists, or if it lists none, those whose `direction`
 * is input. Resolves when events from then on will come.
 *
 * @returns how to stop: takes no new events, and waits for those under way until `giveUp` resolves
 * @throws MechaError if a binding cannot be read; nothing stays open then
 */
export async function startAppBindings(
  channel: AppChannel,
  context: AppBindingsContext,
): Promise<(giveUp: Promise<void>) => Promise<void>> {
  const calls = new OpenCalls();
  const closing = new AbortController();
  const open: Subscription[] = [];
  const stop = async (giveUp: Promise<void>): Promise<void> => {
    closing.abort();
    const closed = Promise.all(open.map((reading) => reading.close()));
    await Promise.race([closed, giveUp]);
    calls.giveUp();
    await closed;
  };
  try {
    for (const name of wantedBindings(channel, context)) {
      const called = {
        name,
        channel,
        calls,
        closing: closing.signal,
        policy: context.protection?.inbound(name, "bindings"),
      };
      const read = async (running: RunningComponent<"bindings">): Promise<Subscription> =>
        (await inputOf(running)?.read((event) => handle({ ...called, event }, context))) ?? nothing;
      // Two that read at once would both have an event that a schedule makes.
      open.push(await context.registry.hold({ kind: "bindings", name, open: read, oldFirst: true }));
    }
  } catch (error) {
    await stop(Promise.resolve());
    throw error;
  }
  return stop;
}

const nothing: Subscription = { close: () => Promise.resolve() };

/** The names of the bindings to read. One that is not loaded is read when it comes. */
function wantedBindings(channel: AppChannel, { registry, logger }: AppBindingsContext): readonly string[] {
  const inputs = inputBindings(registry);
  if (channel.bindings === undefined) return inputs.filter(isExplicitInput).map(({ name }) => name);
  for (const name of channel.bindings) {
    if (inputs.some((running) => running.name === name)) continue;
    // As in daprd, that is no failure: the same app runs on other folders too.
    logger.warn(`the app handles the input binding "${name}", which is not loaded here`);
  }
  return channel.bindings;
}

function inputBindings(registry: Registry): readonly RunningComponent<"bindings">[] {
  const all = registry.all.filter((running): running is RunningComponent<"bindings"> => running.kind === "bindings");
  return all.filter((running) => inputOf(running) !== undefined);
}

interface Handling {
  readonly name: string;
  readonly event: BindingEvent;
  readonly channel: AppChannel;
  readonly calls: OpenCalls;
  /** Aborts when events are no longer taken: no further attempts. */
  readonly closing: AbortSignal;
  readonly policy: InboundPolicy | undefined;
}

/** Calls the app, sends what it answers to the output bindings that it names, and gives the answer's data to the binding. */
async function handle(handling: Handling, context: AppBindingsContext): Promise<Uint8Array> {
  const { name, event, channel, calls, closing, policy } = handling;
  const binding = channel.binding?.bind(channel);
  if (binding === undefined) {
    throw new MechaError("UNIMPLEMENTED", `The app takes no events of bindings, so those of "${name}" cannot reach it`);
  }
  const request = { name, data: Buffer.from(event.data), metadata: { ...event.metadata } };
  const call = (signal?: AbortSignal): Promise<appCallback.BindingEventResponse> =>
    binding(request, signal === undefined ? calls.context : new AttemptContext(calls.context, signal));
  const response = await calls.wait(policy === undefined ? call() : policy.call(call, closing));
  // daprd has handled the event then, and only logs what goes wrong here.
  await sendOn(response, context).catch((error: unknown) => {
    context.logger.error(`the answer to an event of binding "${name}" could not be sent on: ${messageOf(error)}`);
  });
  return response.data;
}

async function sendOn(
  { to, data, concurrency }: appCallback.BindingEventResponse,
  { registry }: AppBindingsContext,
): Promise<void> {
  const send = (name: string): Promise<unknown> =>
    registry.calls.during(findOutputBinding(registry, name).invoke({ operation: "create", data, metadata: {} }));
  if (concurrency === appCallback.BindingEventResponse_BindingEventConcurrency.PARALLEL) {
    await Promise.all(to.map(async (name) => send(name)));
    return;
  }
  for (const name of to) await send(name);
}
