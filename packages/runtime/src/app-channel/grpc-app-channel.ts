import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import {
  appCallbackMethods,
  type AppChannel,
  type CallContext,
  type CallOptions,
  type Metadata,
  type Transport,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AppChannelOptions, AppConnection, InputBindingRoute } from "./app-endpoint.js";
import { traceOf } from "./trace-of.js";

const methods = appCallbackMethods;

/** Opens the channel to an app that serves Dapr's AppCallback services over gRPC. */
export async function openGrpcAppChannel(endpoint: AppChannelOptions): Promise<AppConnection> {
  const {
    host = "127.0.0.1",
    port,
    apiToken = "",
    maxMessageBytes,
    inputBindings = new Map<string, InputBindingRoute>(),
  } = endpoint;
  const plain = createGrpcTransport({
    address: `${host}:${String(port)}`,
    apiToken,
    maximumMessageBytes: maxMessageBytes,
  });
  const transport = endpoint.observer?.grpc(plain) ?? plain;
  try {
    const [{ subscriptions }, { bindings }] = await Promise.all([
      orNothing(transport.unary(methods.listTopicSubscriptions, {}), { subscriptions: [] }),
      orNothing(transport.unary(methods.listInputBindings, {}), { bindings: [] }),
    ]);
    const wanted = new Set([...bindings, ...certainOf(inputBindings)]);
    return {
      channel: { ...members(transport), subscriptions, bindings: [...wanted] },
      close: () => void transport.close(),
    };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Input bindings whose YAML says that the app takes them: as in daprd, the app need not list those. */
function certainOf(inputBindings: ReadonlyMap<string, InputBindingRoute>): readonly string[] {
  return [...inputBindings].flatMap(([name, { isCertain }]) => (isCertain ? [name] : []));
}

function members(transport: Transport): AppChannel {
  return {
    invoke: (request, context) => transport.unary(methods.onInvoke, request, passing(context)),
    topic: (request, context) => transport.unary(methods.onTopicEvent, request, ending(context)),
    bulkTopic: newerOrOlder(transport, methods.onBulkTopicEvent, methods.onBulkTopicEventAlpha1),
    binding: (request, context) => transport.unary(methods.onBindingEvent, request, ending(context)),
    job: newerOrOlder(transport, methods.onJobEvent, methods.onJobEventAlpha1),
    health: async () => {
      await transport.unary(methods.healthCheck, {});
    },
  };
}

/** Apps of older SDKs have the method by its alpha name only. */
function newerOrOlder<I, O>(transport: Transport, newer: UnaryMethod<I, O>, older: UnaryMethod<I, O>) {
  return async (request: I, context: CallContext): Promise<O> => {
    try {
      return await transport.unary(newer, request, ending(context));
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      return transport.unary(older, request, ending(context));
    }
  };
}

/** An app that has no topics or bindings need not have the method that lists them. */
async function orNothing<T>(asked: Promise<T>, nothing: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isUnimplemented(error)) return nothing;
    throw error;
  }
}

function isUnimplemented(error: unknown): boolean {
  return MechaError.is(error) && error.code === "UNIMPLEMENTED";
}

/** A call of its own, which ends with the one that it belongs to and is part of its trace. */
function ending({ signal, deadline, metadata }: CallContext): CallOptions {
  return { signal, metadata: traceOf(metadata), ...(deadline !== undefined && { deadline }) };
}

/** A call that is passed on: headers go with it, those of the answer and its trailers come back. */
function passing(context: CallContext): CallOptions {
  const { "dapr-api-token": _token, ...metadata } = context.metadata;
  return {
    ...ending(context),
    metadata: sendable(metadata),
    onHeader: (header) => {
      for (const [name, value] of Object.entries(sendable(header))) context.setHeader(name, value);
    },
    onTrailer: (trailer) => {
      for (const [name, value] of Object.entries(sendable(trailer))) context.setTrailer(name, value);
    },
  };
}

/** What gRPC sets itself is not passed on. */
function sendable(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([name]) => !/^(?::|grpc-|content-type$|content-length$|te$|user-agent$|host$|connection$)/u.test(name),
    ),
  );
}
