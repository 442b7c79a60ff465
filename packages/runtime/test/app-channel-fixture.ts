import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { appCallback, common, type AppChannel, type CallContext, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { onTestFinished } from "vitest";
import type { AppChannelProtocol, AppConnection } from "../src/app-channel/app-endpoint.js";
import { openAppChannel } from "../src/app-channel/open-app-channel.js";

export const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;
export const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export interface Seen {
  readonly verb: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

/** An app on node:http, and the channel to it. */
export async function httpApp(
  answer: Answer,
  options: { readonly bindingRoute?: (name: string) => string; readonly maxConcurrency?: number } = {},
): Promise<Omit<AppConnection, "close"> & { readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void received(request).then((one) => {
      seen.push(one);
      answer(one, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = await connectionTo(port, "http", options);
  onTestFinished(() => void server.close());
  return { ...connection, seen };
}

export async function channelTo(port: number, protocol: AppChannelProtocol, options = {}): Promise<AppChannel> {
  return (await connectionTo(port, protocol, options)).channel;
}

export async function connectionTo(port: number, protocol: AppChannelProtocol, options = {}): Promise<AppConnection> {
  const endpoint = { port, protocol, apiToken: "from-runtime", maxMessageBytes: 1_000, logger: quiet, ...options };
  const connection = await openAppChannel(endpoint, AbortSignal.timeout(10_000));
  onTestFinished(connection.close);
  return connection;
}

async function received(request: IncomingMessage): Promise<Seen> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method = "", url = "", headers } = request;
  return { verb: method, url, headers, body: Buffer.concat(pieces).toString() };
}

export const noRoute: Answer = (_seen, response) => response.writeHead(404).end();

export function context(metadata: Metadata = {}): CallContext & { readonly headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  return {
    metadata,
    signal: new AbortController().signal,
    peer: "test",
    headers,
    setHeader: (name, value) => void (headers[name] = value),
    setTrailer: () => undefined,
  };
}

export function invokeRequest(
  method: string,
  body: string,
  verb = common.HTTPExtension_Verb.POST,
): common.InvokeRequest {
  return {
    method,
    contentType: "text/plain",
    data: { typeUrl: "", value: Buffer.from(body) },
    httpExtension: { verb, querystring: "a=1" },
  };
}

export function event(contentType: string, data: string): appCallback.TopicEventRequest {
  return {
    ...appCallback.TopicEventRequest.fromPartial({}),
    id: "e1",
    source: "shop",
    type: "paid",
    specVersion: "1.0",
    dataContentType: contentType,
    data: Buffer.from(data),
    topic: "orders",
    pubsubName: "events",
    path: "/on/orders",
    extensions: { traceparent: "00-1" },
  };
}

export async function failureOf(call: Promise<unknown>): Promise<MechaError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!MechaError.is(thrown)) throw new Error(`no MechaError was thrown, but ${String(thrown)}`);
  return thrown;
}
