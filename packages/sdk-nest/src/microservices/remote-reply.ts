import { type AppRequestInit, type InvokeOptions, MechaError, type Metadata, type RemoteApp } from "@mecha/sdk-core";
import { type Packet, packetsHeader, packetsType, readPackets } from "./packets.js";
import { receivedValue } from "./received-value.js";

/** A message for a method of another app. */
interface RemoteMessage {
  readonly app: string;
  readonly method: string;
  readonly data: unknown;
  readonly headers: Metadata | undefined;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
}

type Packets = AsyncIterable<Packet> | Iterable<Packet>;

const packetsWanted = { [packetsHeader]: "1" };

/** Sends a message and takes the reply whole. */
export async function invoke(remote: RemoteApp, message: RemoteMessage): Promise<Packets> {
  const options: InvokeOptions = { headers: { ...message.headers, ...packetsWanted }, ...endOf(message) };
  const reply = await remote.request(message.method, message.data, options);
  const { status, contentType, bytes } = reply;
  return packetsOf(message, { status, contentType, bytes, chunks: [bytes] });
}

/** Sends a message over HTTP and takes the reply as it comes. */
export async function fetchReply(remote: RemoteApp, message: RemoteMessage): Promise<Packets> {
  const { data } = message;
  const isBytes = data instanceof Uint8Array;
  const init: AppRequestInit = {
    method: "POST",
    headers: {
      ...message.headers,
      ...packetsWanted,
      "content-type": isBytes ? "application/octet-stream" : "application/json",
    },
    body: isBytes ? data : JSON.stringify(data),
    ...endOf(message),
  };
  const response = await remote.fetch(`/${message.method}`, init);
  const { status, body } = response;
  const contentType = response.headers.get("content-type") ?? "";
  if (contentType === packetsType && body !== null) return readPackets(body);
  return packetsOf(message, { status, contentType, bytes: new Uint8Array(await response.arrayBuffer()), chunks: [] });
}

interface WholeReply {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

function packetsOf({ app, method }: RemoteMessage, { status, contentType, bytes, chunks }: WholeReply): Packets {
  if (status < 400 && contentType === packetsType) return readPackets(chunks);
  // Any app can be called, also one that knows nothing of packets.
  if (status < 400) return [{ response: receivedValue({ contentType, bytes }), isDisposed: true }];
  const said = Buffer.from(bytes).toString("utf8").slice(0, 200);
  throw status === 404
    ? new MechaError("NOT_FOUND", `App "${app}" has no handler for messages that invoke "${method}"`, {
        operation: "nest.send",
        component: app,
        httpStatus: status,
      })
    : new MechaError("INTERNAL", `App "${app}" answered "${method}" with status ${status}: ${said}`, {
        operation: "nest.send",
        component: app,
        httpStatus: status,
      });
}

function endOf({ signal, timeoutMs }: RemoteMessage): { readonly signal: AbortSignal; readonly timeoutMs?: number } {
  return { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
}
