import {
  daprMethods,
  metadata,
  type AppChannel,
  type CallContext,
  type CallOptions,
  type DaprHandlers,
  type Transport,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { bridgeActors } from "./bridge-actors.js";
import type { Engine } from "./engine.js";
import { EngineLost } from "./engine-lost.js";
import { unaryNames } from "./engine-rpcs.js";
import { followJobLink } from "./follow-job-link.js";
import { optionsOf } from "./remote-call.js";

type Subscribe = NonNullable<DaprHandlers["subscribeActorEventsAlpha1"]>;

/** The engine of another process of this machine, to which everything goes over its socket. */
export class RemoteEngine implements Engine {
  readonly handlers: DaprHandlers;
  readonly #transport: Transport;
  readonly #onLost: () => void;
  readonly #open = new Set<() => void>();
  #isClosed = false;

  /**
   * @param onLost - hears that the process is gone
   */
  constructor(transport: Transport, onLost: () => void) {
    this.#transport = transport;
    this.#onLost = onLost;
    this.handlers = { ...this.#unaryHandlers(), subscribeActorEventsAlpha1: (...call) => this.#subscribe(...call) };
  }

  attach({ job, actor }: AppChannel): () => void {
    const links = [
      ...(job === undefined ? [] : [followJobLink(this.#transport, job, this.#onLost)]),
      ...(actor === undefined || actor.types.length === 0 ? [] : [bridgeActors(this.#transport, actor, this.#onLost)]),
    ];
    const leave = (): void => {
      this.#open.delete(leave);
      for (const link of links) link.close();
    };
    this.#open.add(leave);
    return leave;
  }

  async actorRuntime(): Promise<metadata.ActorRuntime> {
    const { actorRuntime } = await this.#call(daprMethods.getMetadata, {});
    return actorRuntime ?? metadata.ActorRuntime.fromPartial({});
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const leave of this.#open) leave();
    await this.#transport.close();
  }

  #unaryHandlers(): DaprHandlers {
    const entries = unaryNames.map((name) => {
      // The table of methods pairs each with its messages; here they are only carried.
      const method = daprMethods[name] as unknown as UnaryMethod<unknown, unknown>;
      return [name, (request: unknown, context: CallContext) => this.#call(method, request, optionsOf(context))];
    });
    return Object.fromEntries(entries) as DaprHandlers;
  }

  async #call<I, O>(method: UnaryMethod<I, O>, request: I, options?: CallOptions): Promise<O> {
    try {
      return await this.#transport.unary(method, request, options);
    } catch (thrown) {
      throw this.#explained(thrown);
    }
  }

  async *#subscribe(...[requests, context]: Parameters<Subscribe>): ReturnType<Subscribe> {
    try {
      yield* this.#transport.stream(daprMethods.subscribeActorEventsAlpha1, requests, { signal: context.signal });
    } catch (thrown) {
      throw this.#explained(thrown);
    }
  }

  /** An engine says why it cannot be had; a connection that broke, or was given up for lost, does not. */
  #explained(thrown: unknown): Error {
    const error = MechaError.from(thrown);
    const isBroken = error.code === "UNAVAILABLE" || (error.code === "CANCELLED" && this.#isClosed);
    if (!isBroken || error.reason !== undefined) return error;
    this.#onLost();
    return new EngineLost(error);
  }
}
