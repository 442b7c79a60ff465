import { type actors, common, type Empty, type UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError, type StateOperation } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { isJsonPayload } from "../doors/json-payload.js";
import { toStateDelete, toStateSet } from "../state/state-operation.js";
import { toStateValue } from "../state/state-record.js";
import { actorError, actorErrorFrom } from "./actor-errors.js";
import { actorPath, refuseReserved, type ActorAddress } from "./actor-names.js";
import type { ActorStore } from "./actor-store.js";
import type { ActorTable } from "./actor-table.js";

/** What the state of actors needs. */
export interface ActorStateContext {
  readonly appId: string;
  readonly actorStore: ActorStore;
  readonly table: ActorTable;
}

/** Dapr's GetActorState: one value of an actor, active or not; an absent one is an empty response. */
export function getActorState({
  appId,
  actorStore: { store },
}: ActorStateContext): UnaryHandler<actors.GetActorStateRequest, actors.GetActorStateResponse> {
  return async ({ key, ...address }, context) => {
    refuseReserved(address.actorType);
    try {
      const [record] = await store.get([stateKey(appId, address, key)], cancellationOf(context));
      const { data, metadata } = toStateValue(record);
      return { data, metadata };
    } catch (thrown) {
      throw actorErrorFrom("stateGet", "error getting actor state", thrown);
    }
  };
}

/** Dapr's ExecuteActorStateTransaction: all changes or none, for actors that are active here. */
export function executeActorStateTransaction({
  appId,
  actorStore: { store },
  table,
}: ActorStateContext): UnaryHandler<actors.ExecuteActorStateTransactionRequest, Empty> {
  return async ({ operations, ...address }, context) => {
    refuseReserved(address.actorType);
    const isJson = isJsonPayload(context);
    const changes = operations.map((operation) =>
      toChange(operation, { stored: (key) => stateKey(appId, address, key) }, isJson),
    );
    if (!table.has(address)) throw actorError("instanceMissing", "actor instance is missing");
    if (changes.length === 0) return {};
    try {
      await store.write(changes, { atomic: true, ...cancellationOf(context) });
    } catch (thrown) {
      throw actorErrorFrom("stateSave", "error saving actor transaction state", thrown);
    }
    return {};
  };
}

/** daprd's key of a value; the component's `keyPrefix` does not count. */
function stateKey(appId: string, address: ActorAddress, key: string): string {
  return `${appId}||${actorPath(address)}||${key}`;
}

function toChange(
  { operationType, key, value, metadata }: actors.TransactionalActorStateOperation,
  keys: { readonly stored: (key: string) => string },
  isJson: boolean,
): StateOperation {
  if (operationType !== "upsert" && operationType !== "delete")
    throw new MechaError("UNIMPLEMENTED", `operation type ${operationType} not supported`, {
      reason: "ERR_NOT_SUPPORTED_STATE_OPERATION",
      httpStatus: 500,
    });
  if (key === "") throw actorError("stateSave", "error saving actor transaction state: missing key");
  if (operationType === "delete") return toStateDelete({ key }, keys);
  try {
    const item = common.StateItem.fromPartial({ key, value: value?.value ?? Buffer.alloc(0), metadata });
    return toStateSet(item, keys, { isJson });
  } catch (thrown) {
    throw actorErrorFrom("stateSave", "error saving actor transaction state", thrown);
  }
}
