import { contentTypeOf, encodeValue } from "../codec.js";
import { invocationMethods } from "../generated/methods/invocation.js";
import type { FacadeContext } from "../facade-context.js";
import { HTTPExtension_Verb, type InvokeResponse } from "../generated/dapr/proto/common/v1/common.js";
import { DecodableData, type ReceivedData } from "../received-data.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import type { AppRequestInit } from "./fetch-app.js";
import { answeredWith, refusalOf } from "./refusal.js";

/** HTTP verbs that an invocation may carry. */
export type Verb = "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH";

/** How to invoke a method of another app. */
export interface InvokeOptions extends CallEnd {
  /** @defaultValue `POST` */
  readonly verb?: Verb;
  /** Headers for the other app. */
  readonly headers?: Metadata;
  /** Query parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** Media type of the data. @defaultValue `application/json`; `application/octet-stream` for bytes */
  readonly contentType?: string;
}

/** What another app answered. */
export interface InvokeReply extends ReceivedData {
  /** HTTP status, 200 if the app does not speak HTTP. */
  readonly status: number;
  /** Headers and trailers of the answer, names in lower case. */
  readonly headers: Metadata;
  readonly contentType: string;
}

/** Another app (Dapr's service invocation building block). Calls are never sent twice by themselves. */
export interface RemoteApp {
  /**
   * Invokes a method (InvokeService) and decodes the reply as JSON; `undefined` for an empty reply.
   *
   * @param method - a name, or a path without its query
   * @param data - any JSON value, or bytes
   * @throws MechaError with `httpStatus` if the app answered with a status of 400 or more; the code follows the status.
   */
  invoke<T>(method: string, data?: unknown, options?: InvokeOptions): Promise<T>;
  /**
   * Invokes a method (InvokeService) and gives the reply as it came, whatever its status.
   *
   * @throws MechaError with `httpStatus` where daprd keeps the reply of an app that speaks HTTP: a status of 400 or more reaches a
   * caller over gRPC without headers, and with the first 63 bytes of its text.
   */
  request(method: string, data?: unknown, options?: InvokeOptions): Promise<InvokeReply>;
  /**
   * Sends an HTTP request as Node's `fetch` does, to a path of the app: bodies are streams in both directions, and every
   * status is an answer. It goes through the sidecar's HTTP API (`DAPR_HTTP_ENDPOINT` or `DAPR_HTTP_PORT`); on the embedded
   * runtime both bodies are read whole, within its limit of 4 MiB. daprd bounds the request's body (`--max-body-size`, 4 MiB),
   * and passes on no more of it once the app begins to answer. An error while the answer's body is read is Node's own.
   *
   * @throws MechaError `UNAVAILABLE` if there was no answer, `DEADLINE_EXCEEDED`, `CANCELLED`; `INVALID_ARGUMENT` for a path
   * that leads out of the app.
   */
  fetch(path: string, init?: AppRequestInit): Promise<Response>;
}

/** Makes the facade of one app. */
export function createRemoteApp(context: FacadeContext, appId: string): RemoteApp {
  const { transport } = context;
  const subject = { operation: "invocation.invoke", component: appId };
  const request = async (method: string, data: unknown, options: InvokeOptions = {}): Promise<InvokeReply> => {
    const { verb = "POST", headers = {}, query } = options;
    const querystring = query === undefined ? "" : new URLSearchParams(query).toString();
    const bytes =
      data === undefined
        ? Buffer.alloc(0)
        : encodeValue(data, "json", `The data for method "${method}" of app "${appId}"`);
    const defaultType = data instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json;
    const received: Record<string, string> = {};
    const collect = (metadata: Metadata): void => {
      Object.assign(received, metadata);
    };
    const message = {
      method,
      data: { typeUrl: "", value: bytes },
      contentType: options.contentType ?? defaultType,
      httpExtension: { verb: HTTPExtension_Verb[verb], querystring },
    };
    try {
      const call = { ...callOf(subject, options), metadata: headers, onHeader: collect, onTrailer: collect };
      const response = await transport.unary(invocationMethods.invokeService, { id: appId, message }, call);
      return new Reply(response, received, `The reply of method "${method}" of app "${appId}"`);
    } catch (thrown) {
      throw refusalOf(thrown, { method, appId });
    }
  };
  return {
    request,
    async fetch(path, init = {}) {
      const { fetchApp } = await import("./fetch-app.js");
      return fetchApp(context, { appId, path }, init);
    },
    async invoke<T>(method: string, data?: unknown, options?: InvokeOptions): Promise<T> {
      const reply = await request(method, data, options);
      if (reply.status >= 400) throw answeredWith({ method, appId, status: reply.status, body: reply.text() });
      return reply.json<T>();
    },
  };
}

class Reply extends DecodableData implements InvokeReply {
  readonly status: number;
  readonly headers: Metadata;
  readonly contentType: string;

  constructor({ data, contentType }: InvokeResponse, headers: Metadata, subject: string) {
    super(data?.value ?? Buffer.alloc(0), subject);
    this.status = Number(headers["dapr-http-status"] ?? 200);
    this.headers = headers;
    this.contentType = contentType;
  }
}
