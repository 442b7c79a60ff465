import { MechaError } from "@mecha/spec";
import type { ActorAddress } from "../app/actor-channel.js";
import { decodeValue, encodeValue } from "../codec.js";
import type { FacadeContext } from "../facade-context.js";
import type { TransactionalActorStateOperation } from "../generated/dapr/proto/runtime/v1/actors.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { actorName } from "./actor-address.js";

/** A value of an actor's state. */
export interface ActorStateEntry<T> {
  readonly value: T;
  /** What the store says of it, such as `ttlExpireTime`. */
  readonly metadata: Metadata;
}

/** One change of an actor's state. */
export type ActorStateOperation =
  | { readonly operation: "set"; readonly key: string; readonly value: unknown; readonly ttlSeconds?: number }
  | { readonly operation: "remove"; readonly key: string };

/** The state of one actor, as its runtime keeps it. */
export interface ActorStateStore {
  /** Reads a value; `undefined` if there is none (GetActorState). */
  get<T = unknown>(key: string, options?: CallEnd): Promise<ActorStateEntry<T> | undefined>;
  /**
   * Makes all changes, or none (ExecuteActorStateTransaction). Values are JSON, or bytes that pass as they are; daprd takes
   * `ttlSeconds` only with its feature `ActorStateTTL`.
   *
   * @throws MechaError `INTERNAL` ("actor instance is missing") if the runtime that is asked does not hold the
   * actor: it takes changes from the actor's host alone.
   */
  transaction(operations: readonly ActorStateOperation[], options?: CallEnd): Promise<void>;
}

/** Makes the state of one actor. */
export function createActorState(
  { transport }: Pick<FacadeContext, "transport">,
  address: ActorAddress,
): ActorStateStore {
  const getting = { operation: "actors.getState", component: address.actorType, idempotent: true };
  const changing = { operation: "actors.transaction", component: address.actorType };
  return {
    async get<T>(key: string, options?: CallEnd) {
      const { data, metadata } = await transport.unary(
        actorsMethods.getActorState,
        { ...address, key },
        callOf(getting, options),
      );
      if (data.length === 0) return undefined;
      // The caller names the type of the value; nothing here can check it.
      const value = decodeValue(data, "json", `State "${key}" of ${actorName(address)}`) as T;
      return { value, metadata };
    },
    async transaction(changes, options) {
      const operations = changes.map((change) => toOperation(change, address));
      await transport.unary(
        actorsMethods.executeActorStateTransaction,
        { ...address, operations },
        callOf(changing, options),
      );
    },
  };
}

function toOperation(change: ActorStateOperation, address: ActorAddress): TransactionalActorStateOperation {
  const { key } = change;
  if (change.operation === "remove") return { operationType: "delete", key, metadata: {} };
  const bytes = encodeValue(change.value, "json", `State "${key}" of ${actorName(address)}`);
  return {
    operationType: "upsert",
    key,
    // Only the bytes count for daprd, which stores them as they are.
    value: { typeUrl: "", value: bytes },
    metadata: ttlMetadata(change.ttlSeconds, key),
  };
}

/** @throws MechaError `INVALID_ARGUMENT` for what is no whole number of seconds. */
export function ttlMetadata(ttlSeconds: number | undefined, key: string): Metadata {
  if (ttlSeconds === undefined) return {};
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `State "${key}" is to live ${String(ttlSeconds)} seconds; pass a whole number of 1 or more`,
    );
  }
  return { ttlInSeconds: String(ttlSeconds) };
}
