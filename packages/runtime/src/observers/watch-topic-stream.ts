import { appCallback, daprMethods, type pubsub, type StreamHandler } from "@mecha/sdk-core/protocol";
import type { HandlerTable } from "../doors/handler-table.js";
import { aroundHandlers } from "./around-handlers.js";
import { watchStream } from "./watch-stream.js";

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;
type Response = pubsub.SubscribeTopicEventsResponseAlpha1;
type Event = appCallback.TopicEventRequest;
type Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

/** Hears of an event that goes to the app on a stream; the result hears what the app makes of it, or of nothing if it goes away. */
export type WatchEvent = (event: Event) => (status: Status | undefined) => void;

/** A table whose streaming subscription says a word for each event and what became of it. */
export function watchTopicStreams(table: HandlerTable, watch: WatchEvent): HandlerTable {
  return aroundHandlers(table, {
    stream: (handle, { path }) =>
      path === daprMethods.subscribeTopicEventsAlpha1.path
        ? // The handler of a path has the messages of its method.
          (watched(handle as StreamHandler<Request, Response>, watch) as StreamHandler<unknown, unknown>)
        : handle,
  });
}

function watched(handle: StreamHandler<Request, Response>, watch: WatchEvent): StreamHandler<Request, Response> {
  return (requests, context) => {
    const open = new Map<string, (status: Status | undefined) => void>();
    const responses = handle(
      tapped(requests, (request) => hearAnswer(request, open)),
      context,
    );
    const sent = tapped(responses, ({ subscribeTopicEventsResponseType: content }) => {
      if (content?.$case === "eventMessage") open.set(content.value.id, watch(content.value));
    });
    return watchStream(sent, () => {
      for (const tell of open.values()) tell(undefined);
      open.clear();
    });
  };
}

function hearAnswer(
  { subscribeTopicEventsRequestType: content }: Request,
  open: Map<string, (status: Status | undefined) => void>,
): void {
  if (content?.$case !== "eventProcessed") return;
  const { id, status } = content.value;
  open.get(id)?.(status?.status ?? appCallback.TopicEventResponse_TopicEventResponseStatus.SUCCESS);
  open.delete(id);
}

/** The same stream, with a word for each of its elements. */
function tapped<T>(stream: AsyncIterable<T>, hear: (element: T) => void): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const inner = stream[Symbol.asyncIterator]();
      const next = async (): Promise<IteratorResult<T>> => {
        const result = await inner.next();
        if (result.done !== true) hear(result.value);
        return result;
      };
      return {
        next,
        ...(inner.return && { return: async () => inner.return?.() ?? { done: true, value: undefined } }),
      };
    },
  };
}
