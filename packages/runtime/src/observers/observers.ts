import type { IncomingMessage, ServerResponse } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AppChannel, common, UnaryHandler } from "@mecha/sdk-core/protocol";
import type { HandlerTable, WireTable } from "../doors/handler-table.js";
import type { RemoteInvoke } from "../invocation/invoke-service.js";

/** Answers a request at the HTTP door. Never rejects. */
export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Passes a call of a service that is not Dapr's to the app that has the service. Never throws. */
export type PassCall = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** Answers a service invocation. */
export type Invoke = UnaryHandler<common.InvokeRequest, common.InvokeResponse>;

/**
 * What watches a runtime: traces, metrics. Each member puts something around a part of the runtime when that is made, so that no call
 * asks whether anybody watches; an absent member leaves the part as it is.
 */
export interface Observer {
  /** Around all handlers, whichever door is called. */
  readonly handlers?: (table: HandlerTable) => HandlerTable;
  /** Around the handlers as they are called in-process. */
  readonly inProcessDoor?: (table: HandlerTable) => HandlerTable;
  /** Around the handlers as the gRPC door serves them. */
  readonly grpcDoor?: (table: WireTable) => WireTable;
  /** Around the calls of apps' own services that come to the gRPC door. */
  readonly proxiedCalls?: (pass: PassCall) => PassCall;
  /** Around what answers at the HTTP door. */
  readonly httpDoor?: (answer: AnswerRequest) => AnswerRequest;
  /** Around the app, as the runtime calls it by itself. */
  readonly app?: (channel: AppChannel) => AppChannel;
  /** Around the calls of apps in other processes. */
  readonly remoteApps?: (invoke: RemoteInvoke) => RemoteInvoke;
  /** Around the app, as other processes call it. */
  readonly calledApp?: (invoke: Invoke) => Invoke;
  /** Around the calls of the app's own gRPC services that come from other runtimes. */
  readonly calledServices?: (pass: PassCall) => PassCall;
  /** Sends what is not yet sent. */
  readonly close?: () => Promise<void>;
}

/** What several observers put around the parts of a runtime. */
export type Observers = Required<Observer>;

/** Makes one of several observers; the first is the innermost. */
export function joinObservers(observers: readonly Observer[]): Observers {
  const around =
    <T>(wrap: (observer: Observer) => ((inner: T) => T) | undefined) =>
    (inner: T): T =>
      observers.reduce((wrapped, observer) => wrap(observer)?.(wrapped) ?? wrapped, inner);
  return {
    handlers: around<HandlerTable>(({ handlers }) => handlers),
    inProcessDoor: around<HandlerTable>(({ inProcessDoor }) => inProcessDoor),
    grpcDoor: around<WireTable>(({ grpcDoor }) => grpcDoor),
    proxiedCalls: around<PassCall>(({ proxiedCalls }) => proxiedCalls),
    httpDoor: around<AnswerRequest>(({ httpDoor }) => httpDoor),
    app: around<AppChannel>(({ app }) => app),
    remoteApps: around<RemoteInvoke>(({ remoteApps }) => remoteApps),
    calledApp: around<Invoke>(({ calledApp }) => calledApp),
    calledServices: around<PassCall>(({ calledServices }) => calledServices),
    async close() {
      await Promise.allSettled(observers.map(async ({ close }) => close?.()));
    },
  };
}
