import { decodeValue, encodeValue } from "../codec.js";
import {
  BindingEventResponse_BindingEventConcurrency as Concurrency,
  type BindingEventRequest,
  type BindingEventResponse,
} from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { CallContext } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";

/** An event of an input binding. */
export interface BindingEvent {
  /** Name of the binding's component. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the component says of the event. Over HTTP, names are in lower case, and headers of the call are among them. */
  readonly metadata: Metadata;
  /** Aborts when the runtime gave up. */
  readonly signal: AbortSignal;
  /** The data as JSON; `undefined` if there is none. */
  json<T>(): T;
}

/**
 * Handles an event of an input binding. What it returns (a JSON value or bytes) goes back to the component; a throw says
 * that the event was not handled, and the component decides what follows.
 */
export type BindingHandler = (event: BindingEvent) => unknown;

/** How a host takes an input binding. */
export interface BindingOptions {
  /** The component's `route` metadata, where it has one; only the HTTP host looks at it. @defaultValue the binding's name */
  readonly route?: string;
}

/** Runs a handler for the message of its event. */
export async function answerBinding(
  handler: BindingHandler,
  { name, data, metadata }: BindingEventRequest,
  context: CallContext,
): Promise<BindingEventResponse> {
  const result = await handler({
    name,
    bytes: data,
    metadata,
    get signal() {
      return context.signal;
    },
    json<T>(): T {
      // The handler names the type that its binding sends; nothing here can check it.
      return decodeValue(data, "json", `The data of binding "${name}"`) as T;
    },
  });
  const reply = result === undefined ? Buffer.alloc(0) : encodeValue(result, "json", `The reply to binding "${name}"`);
  return { storeName: "", states: [], to: [], data: reply, concurrency: Concurrency.SEQUENTIAL };
}
