import { MechaError } from "@mecha/spec";
import type { ActorAddress } from "../app/actor-channel.js";
import { decodeValue, encodeValue } from "../codec.js";
import { actorName } from "./actor-address.js";
import type { ActorState } from "./actor-definition.js";
import { type ActorStateOperation, ttlMetadata } from "./actor-state.js";

/** Where the state of one actor is kept. */
export interface StateSource {
  readonly address: ActorAddress;
  /** The bytes of a value, `undefined` if there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Makes all changes, or none. */
  write(changes: readonly ActorStateOperation[]): Promise<void>;
}

/** The changes of one turn, over what was read in it. The calls of a reentrant turn share them. */
export class TurnState {
  readonly source: StateSource;
  #changes = new Map<string, ActorStateOperation>();
  readonly #read = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(source: StateSource) {
    this.source = source;
  }

  /** What is to become of a value, if it was changed. */
  changeOf(key: string): ActorStateOperation | undefined {
    return this.#changes.get(key);
  }

  /** Changes a value; `undefined` takes the change back. */
  change(key: string, change: ActorStateOperation | undefined): void {
    if (change === undefined) this.#changes.delete(key);
    else this.#changes.set(key, change);
  }

  /** The bytes as they are in this turn. */
  bytesOf(key: string): Promise<Uint8Array | undefined> {
    const change = this.#changes.get(key);
    if (change?.operation === "set") return Promise.resolve(change.value as Uint8Array);
    if (change?.operation === "remove") return Promise.resolve(undefined);
    const reading = this.#read.get(key) ?? this.source.read(key);
    this.#read.set(key, reading);
    // What could not be read is read again.
    reading.catch(() => this.#read.delete(key));
    return reading;
  }

  /** Saves the changes, and keeps them if that fails. */
  async save(): Promise<void> {
    const saving = this.#changes;
    if (saving.size === 0) return;
    this.#changes = new Map();
    try {
      await this.source.write([...saving.values()]);
    } catch (error) {
      this.#changes = new Map([...saving, ...this.#changes]);
      throw error;
    }
    for (const [key, change] of saving) {
      this.#read.set(key, Promise.resolve(change.operation === "set" ? (change.value as Uint8Array) : undefined));
    }
  }
}

/** The state as one call of a turn sees it: its changes can be taken back without those of the turn's other calls. */
export class CallState implements ActorState {
  readonly #turn: TurnState;
  readonly #before = new Map<string, ActorStateOperation | undefined>();
  readonly #writable: boolean;
  #isOver = false;

  constructor(turn: TurnState, { writable = true }: { readonly writable?: boolean } = {}) {
    this.#turn = turn;
    this.#writable = writable;
  }

  async get<T>(key: string): Promise<T | undefined> {
    this.#requireOpen(key);
    const bytes = await this.#turn.bytesOf(key);
    // The actor names the type of what it has set; nothing here can check it.
    return bytes === undefined ? undefined : (decodeValue(bytes, "json", this.#nameOf(key)) as T);
  }

  async contains(key: string): Promise<boolean> {
    this.#requireOpen(key);
    return (await this.#turn.bytesOf(key)) !== undefined;
  }

  set(key: string, value: unknown, { ttlSeconds }: { readonly ttlSeconds?: number } = {}): void {
    ttlMetadata(ttlSeconds, key);
    // Bytes of a Buffer that the actor uses again would change before they are saved.
    const bytes = Buffer.from(encodeValue(value, "json", this.#nameOf(key)));
    this.#change(key, { operation: "set", key, value: bytes, ...(ttlSeconds !== undefined && { ttlSeconds }) });
  }

  remove(key: string): void {
    this.#change(key, { operation: "remove", key });
  }

  async save(): Promise<void> {
    await this.#turn.save();
    this.#before.clear();
  }

  /** Ends the call; nothing can be read or changed any more. */
  end(): void {
    this.#isOver = true;
  }

  /** Ends the call and takes its changes back. */
  rollBack(): void {
    this.end();
    for (const [key, change] of this.#before) this.#turn.change(key, change);
  }

  #change(key: string, change: ActorStateOperation): void {
    this.#requireOpen(key);
    if (!this.#writable) {
      throw this.#refusal(`${this.#nameOf(key)} cannot be changed any more: the actor is being deactivated`);
    }
    if (!this.#before.has(key)) this.#before.set(key, this.#turn.changeOf(key));
    this.#turn.change(key, change);
  }

  #requireOpen(key: string): void {
    if (!this.#isOver) return;
    throw this.#refusal(
      `${this.#nameOf(key)} is used after its turn; await all work that an actor's method begins before it returns`,
    );
  }

  #refusal(message: string): MechaError {
    return new MechaError("FAILED_PRECONDITION", message, {
      operation: "actors.state",
      component: this.#turn.source.address.actorType,
    });
  }

  #nameOf(key: string): string {
    return `State "${key}" of ${actorName(this.#turn.source.address)}`;
  }
}
