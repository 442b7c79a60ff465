import type { pubsub } from "@mecha/sdk-core/protocol";
import type { HandlerTable } from "../doors/handler-table.js";
import { aroundHandlers } from "../observers/around-handlers.js";
import type { Registry } from "../registry.js";
import { componentOperations, type ComponentOperation } from "./component-operations.js";
import type { DaprMetrics } from "./dapr-metrics.js";

/** Counts what is asked of components, through whichever door. */
export function measureComponents(table: HandlerTable, metrics: DaprMetrics, registry: Registry): HandlerTable {
  const record = (operation: ComponentOperation, started: number, result: Result): void => {
    const { kind, component, count, latency, labels, events } = operation;
    if (!registry.all.some((running) => running.kind === kind && running.name === component)) return;
    const all = { ...labels, component, success: String(result.isSuccess) };
    metrics.count(count, all);
    metrics.observe(latency, all, performance.now() - started);
    const published = events === undefined ? 0 : events.total - result.failedEvents;
    if (events !== undefined && published > 0) metrics.count(events.metric, { ...all, success: "true" }, published);
  };
  return aroundHandlers(table, {
    unary: (handle, { path }) => {
      const read = componentOperations.get(path);
      if (read === undefined) return handle;
      return async (request, context) => {
        const started = performance.now();
        const operation = read(request);
        try {
          const answer = await handle(request, context);
          record(operation, started, resultOf(operation, answer));
          return answer;
        } catch (error) {
          record(operation, started, { isSuccess: false, failedEvents: operation.events?.total ?? 0 });
          throw error;
        }
      };
    },
    stream: (handle, { path }) => {
      const read = componentOperations.get(path);
      if (read === undefined) return handle;
      return (requests, context) => {
        const started = performance.now();
        const first = rememberFirst(requests);
        const done = (isSuccess: boolean): void => {
          if (first.element !== undefined) record(read(first.element), started, { isSuccess, failedEvents: 0 });
        };
        return watchBegin(handle(first.stream, context), done);
      };
    },
  });
}

interface Result {
  readonly isSuccess: boolean;
  readonly failedEvents: number;
}

function resultOf({ events }: ComponentOperation, answer: unknown): Result {
  if (events === undefined) return { isSuccess: true, failedEvents: 0 };
  // What publishes batches answers with the entries that were not taken.
  const { failedEntries } = answer as pubsub.BulkPublishResponse;
  return { isSuccess: failedEntries.length === 0, failedEvents: failedEntries.length };
}

/** The same stream, which remembers its first element. */
function rememberFirst(stream: AsyncIterable<unknown>): { readonly stream: AsyncIterable<unknown>; element?: unknown } {
  const remembered: { stream: AsyncIterable<unknown>; element?: unknown } = {
    stream: {
      [Symbol.asyncIterator]() {
        const inner = stream[Symbol.asyncIterator]();
        const next = async (): Promise<IteratorResult<unknown>> => {
          const result = await inner.next();
          if (result.done !== true) remembered.element ??= result.value;
          return result;
        };
        return {
          next,
          ...(inner.return && { return: async () => inner.return?.() ?? { done: true, value: undefined } }),
        };
      },
    },
  };
  return remembered;
}

/** The same stream; a word when it has begun, or failed before it did. */
function watchBegin(stream: AsyncIterable<unknown>, begun: (isSuccess: boolean) => void): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const inner = stream[Symbol.asyncIterator]();
      let hasBegun = false;
      const tell = (isSuccess: boolean): void => {
        if (!hasBegun) begun(isSuccess);
        hasBegun = true;
      };
      return {
        async next() {
          try {
            const result = await inner.next();
            tell(true);
            return result;
          } catch (error) {
            tell(false);
            throw error;
          }
        },
        async return() {
          return (await inner.return?.()) ?? { done: true, value: undefined };
        },
      };
    },
  };
}
