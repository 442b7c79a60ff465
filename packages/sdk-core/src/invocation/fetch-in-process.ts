import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { httpStatusOf } from "../call/http-status.js";
import { HTTPExtension_Verb } from "../generated/dapr/proto/common/v1/common.js";
import { invocationMethods } from "../generated/methods/invocation.js";
import type { Metadata, Transport } from "../transport/transport.js";

/** Failures on the way to the app; all others are its answer. */
const codesOfTheWay: ReadonlySet<MechaErrorCode> = new Set(["CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);

/** Statuses without a body. */
const bodiless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * Sends an HTTP request by InvokeService, which has no streams: the bodies of request and answer are read whole, within the
 * runtime's limit of 4 MiB. An error of the app becomes the answer that Dapr's HTTP API would give.
 */
export async function fetchInProcess(transport: Transport, appId: string, request: Request): Promise<Response> {
  const received: Record<string, string> = {};
  const collect = (metadata: Metadata): void => {
    Object.assign(received, metadata);
  };
  const { pathname, search } = new URL(request.url);
  const method = pathname.slice(pathname.indexOf("/method/") + "/method/".length);
  const { "content-type": contentType = "", ...headers } = Object.fromEntries(request.headers);
  const message = {
    method,
    data: { typeUrl: "", value: Buffer.from(await request.arrayBuffer()) },
    contentType,
    httpExtension: { verb: verbOf(request), querystring: search.slice(1) },
  };
  const options = {
    subject: { operation: "invocation.fetch", component: appId },
    signal: request.signal,
    metadata: headers,
    onHeader: collect,
    onTrailer: collect,
  };
  try {
    const response = await transport.unary(invocationMethods.invokeService, { id: appId, message }, options);
    const { "dapr-http-status": status = "200", ...answered } = received;
    if (response.contentType !== "") answered["content-type"] = response.contentType;
    return responseOf(request, Number(status), { headers: answered, body: response.data?.value ?? null });
  } catch (thrown) {
    const error = MechaError.from(thrown);
    if (codesOfTheWay.has(error.code)) throw error;
    const body = JSON.stringify({ errorCode: error.reason ?? error.code, message: error.message });
    return responseOf(request, httpStatusOf(error), {
      headers: { "content-type": "application/json" },
      body: Buffer.from(body),
    });
  }
}

function verbOf({ method }: Request): HTTPExtension_Verb {
  const verb = HTTPExtension_Verb[method as keyof typeof HTTPExtension_Verb] as HTTPExtension_Verb | undefined;
  if (verb !== undefined) return verb;
  throw new MechaError("INVALID_ARGUMENT", `The HTTP method ${method} cannot be used in an invocation`);
}

function responseOf(
  { method }: Request,
  status: number,
  { headers, body }: { readonly headers: Record<string, string>; readonly body: Uint8Array | null },
): Response {
  const hasBody = method !== "HEAD" && !bodiless.has(status);
  return new Response(hasBody && body !== null ? Buffer.from(body) : null, { status, headers });
}
