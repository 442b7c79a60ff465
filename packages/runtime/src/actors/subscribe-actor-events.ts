import type { actors, StreamHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { onCallEnd } from "../doors/cancellation.js";
import type { ActorTable } from "./actor-table.js";
import { StreamHost } from "./stream-host.js";

type Request = actors.SubscribeActorEventsRequestAlpha1;
type Response = actors.SubscribeActorEventsResponseAlpha1;

/**
 * Dapr's SubscribeActorEventsAlpha1: the first request registers types of actors, further ones answer events. The stream ends
 * when the app ends its side; whoever waits for an answer then is told that the host is gone.
 *
 * @param open - the streams that are open, so that closing the runtime can end them
 */
export function subscribeActorEvents(table: ActorTable, open: Set<StreamHost>): StreamHandler<Request, Response> {
  return async function* subscribe(requests, context) {
    const incoming = requests[Symbol.asyncIterator]();
    const first = await incoming.next();
    const initial = first.done === true ? undefined : first.value.requestType;
    if (initial?.$case !== "initialRequest")
      throw new MechaError("INVALID_ARGUMENT", "first message must be SubscribeActorEventsRequestInitialAlpha1", {
        operation: "actors.host",
      });
    const host = new StreamHost(initial.value);
    const forget = table.host(host);
    const end = (): void => {
      // No new calls first, then those under way fail.
      forget();
      host.end();
    };
    const stopListening = onCallEnd(context, end);
    open.add(host);
    void readAnswers(incoming, host).then(end, end);
    try {
      yield { responseType: { $case: "initialResponse", value: {} } };
      yield* host.events;
    } finally {
      end();
      open.delete(host);
      stopListening();
      void incoming.return?.().catch(() => undefined);
    }
  };
}

async function readAnswers(incoming: AsyncIterator<Request>, host: StreamHost): Promise<void> {
  for (let next = await incoming.next(); next.done !== true; next = await incoming.next()) host.answer(next.value);
}
