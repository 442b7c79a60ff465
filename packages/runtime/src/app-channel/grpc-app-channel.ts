import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import {
  appCallbackMethods,
  type AppChannel,
  type CallContext,
  type CallOptions,
  type common,
  type Metadata,
  type Transport,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { messageBehind } from "../pubsub/event-message.js";
import { messageMetadata } from "./message-metadata.js";
import { endingWith, passedCall } from "./passed-call.js";
import { wholeAnswerKey } from "./whole-answer.js";
import type { AppChannelOptions, AppConnection } from "./app-endpoint.js";

const methods = appCallbackMethods;

/** Opens the channel to an app that serves Dapr's AppCallback services over gRPC. */
export async function openGrpcAppChannel(endpoint: AppChannelOptions, signal: AbortSignal): Promise<AppConnection> {
  const { host = "127.0.0.1", port, apiToken = "", maxMessageBytes } = endpoint;
  const plain = createGrpcTransport({
    address: `${host}:${String(port)}`,
    apiToken,
    environment: {},
    maximumMessageBytes: maxMessageBytes,
  });
  const transport = endpoint.observer?.grpc(plain) ?? plain;
  try {
    const [{ subscriptions }, { bindings }] = await Promise.all([
      orNothing(transport.unary(methods.listTopicSubscriptions, {}, { signal }), { subscriptions: [] }),
      orNothing(transport.unary(methods.listInputBindings, {}, { signal }), { bindings: [] }),
    ]);
    return {
      channel: { ...members(transport), subscriptions, bindings },
      wantsEvents: (name) => Promise.resolve(bindings.includes(name)),
      close: () => void transport.close(),
    };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

function members(transport: Transport): AppChannel {
  return {
    invoke: async (request, context) =>
      withData(await transport.unary(methods.onInvoke, withData(request), toApp(passedCall(context)))),
    topic: (request, context) => {
      const properties = messageBehind(request)?.metadata ?? {};
      return transport.unary(methods.onTopicEvent, request, aboutMessage(context, request.pubsubName, properties));
    },
    bulkTopic: newerOrOlder(transport, methods.onBulkTopicEvent, methods.onBulkTopicEventAlpha1, (request, context) =>
      aboutMessage(context, request.pubsubName, {}),
    ),
    binding: (request, context) => transport.unary(methods.onBindingEvent, request, endingWith(context)),
    job: newerOrOlder(transport, methods.onJobEvent, methods.onJobEventAlpha1),
    health: async () => {
      await transport.unary(methods.healthCheck, {});
    },
  };
}

/** What one runtime asks of another is nothing for apps. */
function toApp(options: CallOptions): CallOptions {
  const { [wholeAnswerKey]: _whole, ...metadata } = options.metadata ?? {};
  return { ...options, metadata };
}

/** As daprd, which always has data to pass on, if empty: apps and callers read it unasked. */
function withData<T extends common.InvokeRequest | common.InvokeResponse>(message: T): T {
  return message.data === undefined ? { ...message, data: { typeUrl: "", value: Buffer.alloc(0) } } : message;
}

/** As in daprd, the properties of a message come as metadata, and so does the name of its pub/sub. */
function aboutMessage(context: CallContext, pubsubName: string, properties: Metadata): CallOptions {
  const options = endingWith(context);
  return {
    ...options,
    metadata: { ...messageMetadata({ ...properties, pubsubname: pubsubName }), ...options.metadata },
  };
}

/** Apps of older SDKs have the method by its alpha name only. */
function newerOrOlder<I, O>(
  transport: Transport,
  newer: UnaryMethod<I, O>,
  older: UnaryMethod<I, O>,
  optionsOf: (request: I, context: CallContext) => CallOptions = (_request, context) => endingWith(context),
) {
  return async (request: I, context: CallContext): Promise<O> => {
    const options = optionsOf(request, context);
    try {
      return await transport.unary(newer, request, options);
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      return transport.unary(older, request, options);
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
