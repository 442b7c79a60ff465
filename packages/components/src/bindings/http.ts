import http from "node:http";
import https from "node:https";
import {
  type BindingRequest,
  type BindingResponse,
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type MechaErrorDetails,
  type OutputBinding,
} from "@mecha/spec";
import { exchange, type HttpAnswer, type HttpRequest } from "./http/http-exchange.js";
import { type HttpSettings, readHttpSettings } from "./http/http-settings.js";

/** `create` is an older name of `post`. */
const operations = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];
const withBody = new Set(["POST", "PUT", "PATCH"]);
const traceHeaders = ["traceparent", "tracestate", "baggage"];
const json = "application/json; charset=utf-8";

/**
 * `bindings.http`: calls an HTTP server, as in components-contrib 1.18.
 *
 * Metadata: `url`, `responseTimeout`, `maxResponseBodySize` (100Mi), `errorIfNot2XX` (true), `securityToken` with
 * `securityTokenHeader`, `MTLSRootCA`, `MTLSClientCert` with `MTLSClientKey` (PEM or a path); TLS 1.3, which Node prefers, knows no
 * renegotiation. An operation is the verb; of the request's metadata `path` is appended to the url, `errorIfNot2XX` overrides the
 * component's, and names with a capital letter are headers. The answer's metadata has `statusCode`, `status` and the headers.
 */
export const component: ComponentDefinition<"bindings", OutputBinding> = {
  type: "bindings.http",
  create: async (context) => createHttpBinding(context, await readHttpSettings(context)),
};

function createHttpBinding(context: ComponentContext, settings: HttpSettings): OutputBinding {
  const { url, responseTimeoutMs, maxResponseBytes, certificates, securityHeader } = settings;
  const agents = [
    new http.Agent({ keepAlive: true }),
    new https.Agent({ keepAlive: true, minVersion: "TLSv1.2", ...certificates }),
  ] as const;
  const secretHeaders = securityHeader === undefined ? [] : [securityHeader.name.toLowerCase()];

  async function send(request: HttpRequest, caller: AbortSignal | undefined): Promise<HttpAnswer> {
    const stopping = new AbortController();
    const stop = (): void => stopping.abort(caller?.reason);
    caller?.addEventListener("abort", stop, { once: true });
    if (caller?.aborted === true) stop();
    const wait = { isOver: false };
    const timer =
      responseTimeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            wait.isOver = true;
            stopping.abort();
          }, responseTimeoutMs);
    try {
      return await exchange(request, { agents, maxResponseBytes, secretHeaders, signal: stopping.signal });
    } catch (cause) {
      if (caller?.aborted === true) throw MechaError.from(caller.reason, `Binding "${context.name}"`);
      const code = wait.isOver ? "DEADLINE_EXCEEDED" : "UNAVAILABLE";
      const problem = wait.isOver ? `no answer within ${String(responseTimeoutMs)} ms` : String(cause);
      throw failure(context, code, `${request.method} failed: ${problem}`, { cause });
    } finally {
      clearTimeout(timer);
      caller?.removeEventListener("abort", stop);
    }
  }

  return {
    backend: `${url.protocol}//${url.host}`,
    operations,
    async invoke(request, options) {
      const answer = await send(requestOf(request, settings, context), options?.signal);
      const metadata = { ...answer.headers, statusCode: String(answer.status), status: answer.statusText };
      const mustBe2xx = isTruthy(request.metadata["errorIfNot2XX"]) ?? settings.errorIfNot2xx;
      if (mustBe2xx && Math.trunc(answer.status / 100) !== 2) {
        throw failure(context, "UNKNOWN", `received status code ${String(answer.status)}`, { metadata });
      }
      return { data: answer.body, metadata } satisfies BindingResponse;
    },
    close: async () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

function requestOf(
  { operation, data, metadata }: BindingRequest,
  { url, securityHeader }: HttpSettings,
  context: ComponentContext,
): HttpRequest {
  if (!operations.includes(operation)) throw failure(context, "INVALID_ARGUMENT", `invalid operation: ${operation}`);
  const method = operation === "create" ? "POST" : operation.toUpperCase();
  const body = withBody.has(method) ? data : undefined;
  // One header of a name, however it is written; the last counts.
  const headers = new Map<string, readonly [name: string, value: string]>();
  const set = (name: string, value: string): void => void headers.set(name.toLowerCase(), [name, value]);
  if (body !== undefined) set("Content-Type", json);
  set("Accept", json);
  if (securityHeader !== undefined) set(securityHeader.name, securityHeader.token);
  for (const [name, value] of Object.entries(metadata)) if (/^[A-Z]/.test(name)) set(name, value);
  for (const name of traceHeaders) if (metadata[name]) set(name, metadata[name]);
  return {
    method,
    url: urlOf(url, metadata["path"] ?? "", context),
    headers: Object.fromEntries(headers.values()),
    body,
  };
}

function urlOf(base: URL, path: string, context: ComponentContext): URL {
  if (path === "") return base;
  const text = `${base.href.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
  if (URL.canParse(text)) return new URL(text);
  throw failure(context, "INVALID_ARGUMENT", `the path "${path}" makes no address`);
}

/** What a request says; `undefined` if it says nothing. Anything that is not true is false, as in daprd. */
function isTruthy(text: string | undefined): boolean | undefined {
  if (text === undefined || text === "") return undefined;
  return ["true", "t", "yes", "y", "on", "1"].includes(text.trim().toLowerCase());
}

function failure(
  context: ComponentContext,
  code: "DEADLINE_EXCEEDED" | "INVALID_ARGUMENT" | "UNAVAILABLE" | "UNKNOWN",
  problem: string,
  details: Pick<MechaErrorDetails, "cause" | "metadata"> = {},
): MechaError {
  return new MechaError(code, problem, { component: context.name, operation: "binding.invoke", ...details });
}
