import { exchange } from "./tcp.js";

/** A request of RocketMQ's remoting protocol. */
export interface RemotingRequest {
  /** The request code, as `org.apache.rocketmq.remoting.protocol.RequestCode` 5.5.0 numbers them. */
  readonly code: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** The answer to a {@link RemotingRequest}. */
export interface RemotingResponse {
  /** 0 is success; else one of `ResponseCode`. */
  readonly code: number;
  /** Why it failed. */
  readonly remark: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Header {
  readonly code: number;
  readonly remark?: string | null;
  readonly extFields?: Readonly<Record<string, string>> | null;
}

// A frame: its length without these four bytes, one byte for the header's encoding (0 is JSON), three for its length, the
// header, the body.
const prefixBytes = 8;

function encode({ code, fields, body }: RemotingRequest): Buffer {
  const header = Buffer.from(
    JSON.stringify({ code, language: "OTHER", version: 0, opaque: 1, flag: 0, extFields: fields }),
  );
  const payload = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeInt32BE(4 + header.length + payload.length, 0);
  prefix.writeInt32BE(header.length, 4);
  return Buffer.concat([prefix, header, payload]);
}

function isWholeFrame(received: Buffer): boolean {
  return received.length >= 4 && received.length >= 4 + received.readInt32BE(0);
}

function decode(frame: Buffer): RemotingResponse {
  const end = 4 + frame.readInt32BE(0);
  const bodyStart = prefixBytes + (frame.readInt32BE(4) & 0xffffff);
  const header = JSON.parse(frame.toString("utf8", prefixBytes, bodyStart)) as Header;
  return {
    code: header.code,
    remark: header.remark ?? undefined,
    fields: header.extFields ?? {},
    body: frame.subarray(bodyStart, end),
  };
}

/**
 * Sends one request on a connection of its own.
 *
 * @param address - `host:port` of a name server or broker on this machine
 */
export async function callRemoting(address: string, request: RemotingRequest): Promise<RemotingResponse> {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  return decode(await exchange(port, encode(request), isWholeFrame));
}

/** Turns an answer that is not a success into an error. */
export function failedCall(attempt: string, response: RemotingResponse): Error {
  return new Error(`${attempt} failed with code ${response.code}: ${response.remark ?? "no reason given"}`);
}
