import { MechaError } from "@mecha/spec";
import { contentTypeOf, decodeValue, encodeValue } from "../codec.js";
import { invocationMethods } from "../generated/methods/invocation.js";
import type { FacadeContext } from "../facade-context.js";
import { HTTPExtension_Verb } from "../generated/dapr/proto/common/v1/common.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { codeFromHttpStatus } from "./http-status.js";

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
export interface InvokeReply {
  /** HTTP status, 200 if the app does not speak HTTP. */
  readonly status: number;
  readonly headers: Metadata;
  readonly contentType: string;
  readonly data: Uint8Array;
}

/** Another app (Dapr's service invocation building block). */
export interface RemoteApp {
  /**
   * Invokes a method and decodes the reply as JSON; `undefined` for an empty reply.
   *
   * @throws MechaError with `httpStatus` if the app answered with a status of 400 or more; the code follows the status.
   */
  invoke<T>(method: string, data?: unknown, options?: InvokeOptions): Promise<T>;
  /** Invokes a method and gives the reply as it came. */
  request(method: string, data?: unknown, options?: InvokeOptions): Promise<InvokeReply>;
}

/** Makes the facade of one app. */
export function createRemoteApp({ transport }: FacadeContext, appId: string): RemoteApp {
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
    const response = await transport.unary(
      invocationMethods.invokeService,
      {
        id: appId,
        message: {
          method,
          data: { typeUrl: "", value: bytes },
          contentType: options.contentType ?? defaultType,
          httpExtension: { verb: HTTPExtension_Verb[verb], querystring },
        },
      },
      { ...callOf(subject, options), metadata: headers, onHeader: collect, onTrailer: collect },
    );
    const status = Number(received["dapr-http-status"] ?? 200);
    return {
      status,
      headers: received,
      contentType: response.contentType,
      data: response.data?.value ?? Buffer.alloc(0),
    };
  };
  return {
    request,
    async invoke<T>(method: string, data?: unknown, options?: InvokeOptions): Promise<T> {
      const reply = await request(method, data, options);
      if (reply.status >= 400) throw refused(reply, method, appId);
      // The caller names the type of the reply; nothing here can check it.
      return decodeValue(reply.data, "json", `The reply of method "${method}" of app "${appId}"`) as T;
    },
  };
}

/** Longest part of a reply that an error message quotes, in characters. */
const longestQuote = 300;

function refused({ status, data }: InvokeReply, method: string, appId: string): MechaError {
  const body = Buffer.from(data).toString("utf8");
  const quote = body.length > longestQuote ? `${body.slice(0, longestQuote)}…` : body;
  return new MechaError(
    codeFromHttpStatus(status),
    `Method "${method}" of app "${appId}" answered with HTTP status ${String(status)}${quote === "" ? "" : `: ${quote}`}`,
    {
      httpStatus: status,
      operation: "invocation.invoke",
    },
  );
}
