import { request as startHttp, type IncomingMessage } from "node:http";
import { request as startHttps } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Metadata, StreamedInvocation, StreamedReply } from "@mecha/sdk-core/protocol";
import { passedHeaders } from "../../../app-channel/passed-headers.js";
import { daprError } from "../../../errors/dapr-error.js";

/**
 * Calls a server that is no app, by its address, as daprd does for `/v1.0/invoke/http://…/method/…`. The caller's own credentials
 * for this runtime do not go along.
 *
 * @throws MechaError `INTERNAL` (`ERR_DIRECT_INVOKE`) if it does not answer.
 */
export async function invokeEndpoint(
  address: string,
  { method, verb, querystring, body }: StreamedInvocation,
  headers: Metadata,
  signal: AbortSignal,
): Promise<StreamedReply> {
  const query = querystring === "" ? "" : `?${querystring}`;
  const target = `${address.replace(/\/$/u, "")}/${method}${query}`;
  const start = address.startsWith("https:") ? startHttps : startHttp;
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = start(target, { method: verb, headers: passedHeaders(headers), signal });
    outgoing.once("response", resolve).once("error", reject);
    // Its failure is that of the request, which has been told.
    pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(reject);
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw daprError("directInvoke", `failed to invoke, id: ${address}, err: ${reason}`, {
      operation: "invocation.invoke",
      cause,
    });
  });
  const answered = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: incoming.statusCode ?? 500,
    headers: passedHeaders(Object.fromEntries(answered)),
    contentType: incoming.headers["content-type"] ?? "",
    body: incoming,
  };
}
