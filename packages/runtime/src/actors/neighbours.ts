import { daprMethods, type actors, type CallContext, type Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { connectEngine, explained } from "./connect-engine.js";
import { EngineLost } from "./engine-lost.js";
import { socketsOfType } from "./actor-entry.js";
import { optionsOf } from "./remote-call.js";

/** The actors of other apps on this machine. */
export class Neighbours {
  readonly #folder: string;
  readonly #maxMessageBytes: number;
  readonly #transports = new Map<string, Promise<Transport>>();
  readonly #known = new Map<string, string>();

  /** @param folder - where the apps of the machine meet */
  constructor(folder: string, maxMessageBytes: number) {
    this.#folder = folder;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Calls a method of an actor where its type is hosted; `undefined` if no app has it. */
  async invoke(
    request: actors.InvokeActorRequest,
    context: CallContext,
  ): Promise<actors.InvokeActorResponse | undefined> {
    const { actorType } = request;
    const known = this.#known.get(actorType);
    const response = known === undefined ? undefined : await this.#ask(known, request, context);
    if (response !== undefined) return response;
    for (const socket of await socketsOfType(this.#folder, actorType)) {
      const found = await this.#ask(socket, request, context);
      if (found === undefined) continue;
      this.#known.set(actorType, socket);
      return found;
    }
    return undefined;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#transports.keys()].map((socket) => this.#forget(socket)));
  }

  /** Asks one of them; `undefined` if it has done nothing, because it is gone or does not have the type any more. */
  async #ask(
    socket: string,
    request: actors.InvokeActorRequest,
    context: CallContext,
  ): Promise<actors.InvokeActorResponse | undefined> {
    try {
      const transport = await this.#connect(socket);
      return await transport.unary(daprMethods.invokeActor, request, optionsOf(context)).catch(explained);
    } catch (thrown) {
      const isLost = thrown instanceof EngineLost;
      if (isLost) await this.#forget(socket);
      if (isLost ? thrown.isUnsent : isNoAddress(thrown)) return undefined;
      throw thrown;
    }
  }

  #connect(socket: string): Promise<Transport> {
    const transport =
      this.#transports.get(socket) ??
      connectEngine({ folder: this.#folder, maxMessageBytes: this.#maxMessageBytes }, socket);
    this.#transports.set(socket, transport);
    return transport;
  }

  async #forget(socket: string): Promise<void> {
    for (const [type, known] of this.#known) if (known === socket) this.#known.delete(type);
    const transport = this.#transports.get(socket);
    this.#transports.delete(socket);
    await (await transport?.catch(() => undefined))?.close();
  }
}

function isNoAddress(thrown: unknown): boolean {
  return MechaError.is(thrown) && thrown.reason === "ERR_ACTOR_NO_ADDRESS";
}
