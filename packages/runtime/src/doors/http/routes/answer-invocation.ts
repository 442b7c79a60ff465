import { httpStatusOf } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { passedHeaders } from "../../../app-channel/passed-headers.js";
import { invokeOverHttp } from "../../../invocation/invoke-over-http.js";
import type { SendInvocation } from "../../../resiliency/invoke-by-policy.js";
import type { RouteContext } from "../route.js";
import type { InvocationTarget } from "./invocation-target.js";

/** Answers a service invocation with what the app answers: status, headers, and the body as it comes. */
export async function answerInvocation({ appId, method }: InvocationTarget, context: RouteContext): Promise<void> {
  const { call, runtime, askIn } = context;
  const invocation = {
    method,
    verb: call.verb,
    querystring: call.querystring,
    contentType: call.headers["content-type"] ?? "",
    body: call.body,
  };
  try {
    const endpoint = await runtime.endpoints.find(appId);
    const own = { appId: runtime.appId, apps: runtime.apps, ask: askIn };
    const send: SendInvocation = (sent, attempt, readWhole) =>
      endpoint?.invokeStreamed(sent, attempt) ?? invokeOverHttp(appId, sent, attempt, { ...own, readWhole });
    const readWhole = (): Promise<Buffer> => call.bytes();
    const reply = await (runtime.protection?.invokeOverHttp(
      { id: appId, invocation, context: call.context, readWhole, isOfApp },
      send,
    ) ?? send(invocation, call.context, readWhole));
    const head = {
      status: reply.status ?? 200,
      headers: {
        ...passedHeaders(reply.headers),
        ...(reply.contentType !== "" && { "content-type": reply.contentType }),
      },
    };
    if (reply.body instanceof Uint8Array) call.sendBytes(reply.body, head);
    else await call.sendStream(reply.body, head);
  } catch (thrown) {
    const error = MechaError.from(thrown);
    if (call.isAnswered || !isOfApp(error)) throw error;
    // What an app says by gRPC's status goes out as daprd writes one.
    call.sendJson({ code: error.grpcStatus, message: error.message }, httpStatusOf(error));
  }
}

/** Whether the app itself failed, and not the way to it. */
function isOfApp({ reason, operation, httpStatus }: MechaError): boolean {
  if (reason === "ERR_DIRECT_INVOKE" || httpStatus === 413) return false;
  return operation !== "app.call" && operation !== "invocation.invoke";
}
