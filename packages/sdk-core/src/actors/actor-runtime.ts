import { MechaError } from "@mecha/spec";
import type {
  ActorAddress,
  ActorChannel,
  ActorInvocation,
  ActorReminderEvent,
  ActorReply,
  ActorScheduleReply,
  ActorTimerEvent,
} from "../app/actor-channel.js";
import { type IncomingSpan, withIncomingTrace } from "../call/incoming-trace.js";
import { contentTypeOf, decodeValue, encodeValue } from "../codec.js";
import type { SubscribeActorEventsRequestInitialAlpha1 } from "../generated/dapr/proto/runtime/v1/actors.js";
import type { CallContext } from "../transport/handler.js";
import type { Transport } from "../transport/transport.js";
import { actorName, requireName } from "./actor-address.js";
import { reentrancyHeader } from "./actor-calls.js";
import { registrationOf } from "./actor-config.js";
import type { ActorClass, ActorFactory, ActorLifecycle, ActorOptions } from "./actor-definition.js";
import { missingOperation } from "./actor-failure.js";
import { createActorReminders } from "./actor-reminders.js";
import { decodePayload } from "./event-payload.js";
import { HostedActor, type TurnOptions } from "./hosted-actor.js";

/** A type of actors and how it is hosted. */
export interface HostedType extends ActorOptions {
  readonly definition: ActorClass | ActorFactory;
}

/** How deep calls back go where `reentrancy` is just `true`; as daprd has it. */
const defaultDepth = 32;

/** The actors of this process: what a runtime calls, whichever way its calls come. */
export class ActorRuntime implements ActorChannel {
  readonly #transport: Transport;
  readonly #report: (error: MechaError) => void;
  readonly #types = new Map<string, HostedType>();
  readonly #actors = new Map<string, HostedActor>();
  #isClosing = false;

  /**
   * @param transport - where the actors keep their state
   * @param report - hears of what failed without a caller: timers, reminders, `onDeactivate`
   */
  constructor(transport: Transport, report: (error: MechaError) => void) {
    this.#transport = transport;
    this.#report = report;
  }

  get types(): readonly string[] {
    return [...this.#types.keys()];
  }

  get config(): SubscribeActorEventsRequestInitialAlpha1 {
    return registrationOf([...this.#types.values()]);
  }

  /**
   * Adds a type.
   *
   * @throws MechaError `ALREADY_EXISTS` if there is one of that name, `INVALID_ARGUMENT` if it has none.
   */
  add(definition: ActorClass | ActorFactory, options: ActorOptions): void {
    const type = requireName(options.type, "type of actors");
    if (this.#types.has(type)) {
      throw new MechaError("ALREADY_EXISTS", `This host has actors of type "${type}" already`, {
        operation: "actors.host",
        component: type,
      });
    }
    this.#types.set(type, { ...options, definition });
  }

  readonly invoke = async (invocation: ActorInvocation, { signal }: CallContext): Promise<ActorReply> => {
    const { method, data, metadata } = invocation;
    const reentrancyId = metadata[reentrancyHeader.toLowerCase()];
    const span = { name: `actors.handle ${method}`, operation: "actors.handle", component: invocation.actorType };
    const handle = async (object: object): Promise<ActorReply> => {
      const call = methodOf(object, method, this.#typeOf(invocation).methods);
      if (call === undefined) throw missing(invocation, method);
      const what = `for method "${method}" of ${actorName(invocation)}`;
      return toReply(await call(readArgument(data, metadata["content-type"], `The data ${what}`)), what);
    };
    return withIncomingTrace(metadata, span, () => this.#turn(invocation, { reentrancyId, signal }, handle));
  };

  readonly timer = async (event: ActorTimerEvent, { signal }: CallContext): Promise<ActorScheduleReply> => {
    const handle = async (object: object): Promise<void> => {
      const call = methodOf(object, event.callback);
      if (call === undefined) throw missing(event, event.callback);
      await call(decodePayload(event.data));
    };
    const turn = withIncomingTrace({}, eventSpan("timer", event), () => this.#turn(event, { signal }, handle));
    await this.#reported(turn, event, `Timer "${event.name}"`);
    return {};
  };

  readonly reminder = async (event: ActorReminderEvent, { signal }: CallContext): Promise<ActorScheduleReply> => {
    const { name, actorType, actorId } = event;
    const handle = async (object: ActorLifecycle): Promise<"cancel" | void> => {
      if (object.onReminder === undefined) throw missing(event, "onReminder");
      return object.onReminder({ name, data: decodePayload(event.data) });
    };
    const span = eventSpan("reminder", event);
    const turn = withIncomingTrace({}, span, () => this.#turn(event, { signal }, handle));
    const outcome = await this.#reported(turn, event, `Reminder "${name}"`);
    if (outcome !== "cancel") return {};
    // daprd 1.18 takes `cancel` for an answer like any other, and reminds again.
    await createActorReminders({ transport: this.#transport }, { actorType, actorId }).unregister(name);
    return { cancel: true };
  };

  readonly deactivate = async (address: ActorAddress): Promise<void> => {
    const key = keyOf(address);
    const actor = this.#actors.get(key);
    if (actor === undefined) return;
    try {
      await this.#reported(actor.deactivate(), address, "onDeactivate()");
    } finally {
      this.#forget(key, actor);
    }
  };

  /** Takes no new turns, but for calls back into those under way; resolves when they are over. */
  async drain(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#actors.values()].map((actor) => actor.idle()));
  }

  /** Lets all actors go: their runtime is lost, and may have given them to another host. Failures are reported. */
  async release(): Promise<void> {
    await Promise.allSettled([...this.#actors.values()].map(({ address }) => this.deactivate(address)));
  }

  /** Tells of a failure that no caller hears of, and passes it on. */
  async #reported<T>(handling: Promise<T>, address: ActorAddress, what: string): Promise<T> {
    try {
      return await handling;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `${what} of ${actorName(address)} failed: ${reason}`;
      const details = { cause, operation: "actors.handle", component: address.actorType };
      this.#report(new MechaError("UNKNOWN", message, details));
      throw cause;
    }
  }

  async #turn<T>(
    address: ActorAddress,
    options: TurnOptions,
    task: Parameters<typeof HostedActor.prototype.turn<T>>[1],
  ): Promise<T> {
    const key = keyOf(address);
    const actor = this.#actors.get(key) ?? this.#make(address);
    if (this.#isClosing && !actor.isEnteredBy(options.reentrancyId)) {
      throw new MechaError("UNAVAILABLE", `The host of ${actorName(address)} is closing; call again`, {
        operation: "actors.turn",
        component: address.actorType,
      });
    }
    this.#actors.set(key, actor);
    try {
      return await actor.turn(options, task);
    } finally {
      this.#forget(key, actor);
    }
  }

  #make(address: ActorAddress): HostedActor {
    const { definition, reentrancy = false } = this.#typeOf(address);
    const maxDepth = reentrancy === true ? defaultDepth : reentrancy === false ? 1 : reentrancy.maxDepth;
    const { actorType, actorId } = address;
    return new HostedActor({ transport: this.#transport, address: { actorType, actorId }, definition, maxDepth });
  }

  #typeOf(address: ActorAddress): HostedType {
    const type = this.#types.get(address.actorType);
    if (type !== undefined) return type;
    throw new MechaError("NOT_FOUND", `This host has no actors of type "${address.actorType}"`, {
      operation: missingOperation,
      component: address.actorType,
    });
  }

  /** An actor of which nothing is left makes room; a failed activation leaves nothing. */
  #forget(key: string, actor: HostedActor): void {
    if (actor.isGone && this.#actors.get(key) === actor) this.#actors.delete(key);
  }
}

function keyOf({ actorType, actorId }: ActorAddress): string {
  return JSON.stringify([actorType, actorId]);
}

function eventSpan(kind: string, { name, actorType }: ActorReminderEvent): IncomingSpan {
  return {
    name: `actors.handle ${kind}`,
    operation: "actors.handle",
    kind: "consumer",
    component: actorType,
    attributes: { [`mecha.actor.${kind}`]: name },
  };
}

type Method = (argument: unknown) => unknown;

const uncallable: ReadonlySet<string> = new Set(["onActivate", "onDeactivate", "onReminder"]);

function methodOf(object: object, name: string, allowed?: readonly string[]): Method | undefined {
  if (uncallable.has(name) || name in Object.prototype || allowed?.includes(name) === false) return undefined;
  const method: unknown = Reflect.get(object, name);
  return typeof method === "function" ? (argument) => Reflect.apply(method, object, [argument]) as unknown : undefined;
}

function missing(address: ActorAddress, method: string): MechaError {
  const name = actorName(address);
  return new MechaError("NOT_FOUND", `A${name.slice(1)} has no method "${method}"`, {
    operation: missingOperation,
    component: address.actorType,
  });
}

function readArgument(data: Uint8Array, contentType: string | undefined, subject: string): unknown {
  if (contentType?.startsWith(contentTypeOf.bytes) === true) return data;
  if (contentType?.startsWith("text/plain") === true) return decodeValue(data, "text", subject);
  try {
    return decodeValue(data, "json", subject);
  } catch (cause) {
    throw MechaError.is(cause) ? new MechaError("INVALID_ARGUMENT", cause.message, { cause }) : cause;
  }
}

function toReply(result: unknown, what: string): ActorReply {
  const contentType = result instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json;
  const data = result === undefined ? Buffer.alloc(0) : encodeValue(result, "json", `The result ${what}`);
  return { data, metadata: { "content-type": contentType } };
}
