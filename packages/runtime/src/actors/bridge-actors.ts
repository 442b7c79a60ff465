import { daprMethods, PushQueue, type ActorChannel, type actors, type Transport } from "@mecha/sdk-core/protocol";
import { grpcStatusOf } from "@mecha/spec";
import { actorKey, type ActorAddress } from "./actor-names.js";
import { tellFailure } from "./app-failure.js";
import { backgroundContext } from "./background-context.js";
import { payloadJson } from "./payload.js";

type Request = actors.SubscribeActorEventsRequestAlpha1;
type Answer = NonNullable<Request["requestType"]>;
type Event = NonNullable<actors.SubscribeActorEventsResponseAlpha1["responseType"]>;

/** Actors of this process that the engine of another one calls. */
export interface ActorBridge {
  /** Takes no more calls. */
  close(): void;
}

/**
 * Hosts the actors of an app at the engine of another process, over the stream that an app may open itself. When the stream
 * ends, the actors are let go: they may be active elsewhere.
 *
 * @param onLost - hears that the other process is gone
 */
export function bridgeActors(transport: Transport, host: ActorChannel, onLost: () => void): ActorBridge {
  const requests = new PushQueue<Request>();
  requests.push({ requestType: { $case: "initialRequest", value: host.config } });
  const active = new Map<string, ActorAddress>();
  let isClosed = false;
  const follow = async (): Promise<void> => {
    for await (const { responseType } of transport.stream(daprMethods.subscribeActorEventsAlpha1, requests)) {
      if (responseType === undefined || responseType.$case === "initialResponse") continue;
      const { actorType, actorId } = responseType.value;
      if (responseType.$case === "deactivateRequest") active.delete(actorKey(responseType.value));
      else active.set(actorKey(responseType.value), { actorType, actorId });
      void answer(host, responseType).then((requestType) => requests.push({ requestType }));
    }
  };
  const ended = async (): Promise<void> => {
    await Promise.allSettled([...active.values()].map((address) => host.deactivate(address, backgroundContext)));
    if (!isClosed) onLost();
  };
  void follow().then(ended, ended);
  return {
    close() {
      isClosed = true;
      requests.end();
    },
  };
}

async function answer(host: ActorChannel, event: Exclude<Event, { $case: "initialResponse" }>): Promise<Answer> {
  const { id } = event.value;
  try {
    switch (event.$case) {
      case "invokeRequest": {
        const { data, metadata, failed = false } = await host.invoke(event.value, backgroundContext);
        return {
          $case: "invokeResponse",
          value: { id, data: Buffer.from(data), metadata: { ...metadata }, error: failed },
        };
      }
      case "timerRequest": {
        const { cancel = false } = await host.timer(withJson(event.value), backgroundContext);
        return { $case: "timerResponse", value: { id, cancel } };
      }
      case "reminderRequest": {
        const { cancel = false } = await host.reminder(withJson(event.value), backgroundContext);
        return { $case: "reminderResponse", value: { id, cancel } };
      }
      case "deactivateRequest":
        await host.deactivate(event.value, backgroundContext);
        return { $case: "deactivateResponse", value: { id } };
    }
  } catch (thrown) {
    const { isMissing, message } = tellFailure(thrown);
    return { $case: "requestFailed", value: { id, code: grpcStatusOf(isMissing ? "NOT_FOUND" : "UNKNOWN"), message } };
  }
}

interface WithPayload {
  readonly data?: { readonly typeUrl: string; readonly value: Uint8Array } | undefined;
}

function withJson<T extends WithPayload>(event: T): Omit<T, "data"> & { readonly data: Uint8Array } {
  return { ...event, data: payloadJson(event.data) };
}
