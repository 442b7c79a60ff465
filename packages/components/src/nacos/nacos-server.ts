import { type ComponentContext, MechaError, type MechaErrorCode } from "@mecha/spec";
import { createHttpExchange, type HttpResponse } from "./http-exchange.js";
import { createNacosLogin } from "./nacos-login.js";
import type { NacosSettings } from "./nacos-settings.js";

/** One call of Nacos's open API. */
export interface NacosCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the context path, for example `/v1/cs/configs`. */
  readonly path: string;
  /** Form of a POST, else query; undefined ones are left out. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is attempted, for errors, for example `configuration.get`. */
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue the component's `timeout` */
  readonly timeoutMs?: number;
  readonly isBackground?: boolean;
}

/** A Nacos, reached over its HTTP API by whichever of its servers answers. */
export interface NacosServer {
  /** The servers, for reports: `nacos://host:port[,host:port][/namespace]`. */
  readonly backend: string;
  /** Answers any status but those that mean no service or no permission, which reject. */
  call(call: NacosCall): Promise<HttpResponse>;
  /** An error of this component. */
  failure(code: MechaErrorCode, operation: string, problem: string, cause?: unknown): MechaError;
  close(): void;
}

/** Statuses with which a server says that another one, or the same later, may do better. */
const unavailableStatuses = new Set([500, 502, 503, 504]);

/** Makes the client of a Nacos; connects on the first call. */
export function createNacosServer(context: ComponentContext, settings: NacosSettings): NacosServer {
  const exchange = createHttpExchange();
  const login = settings.credentials === undefined ? undefined : createNacosLogin(exchange, settings.credentials);
  const hosts = settings.servers.map((server) => new URL(server).host).join(",");
  let preferred = 0;
  let isClosed = false;

  function failure(code: MechaErrorCode, operation: string, problem: string, cause?: unknown): MechaError {
    return new MechaError(
      code,
      `Component "${context.name}" (${context.type}), Nacos at ${hosts}: ${operation} failed: ${problem}`,
      {
        component: context.name,
        operation,
        cause,
      },
    );
  }

  async function sendTo(server: string, call: NacosCall, signal: AbortSignal): Promise<HttpResponse> {
    const token = await login?.tokenFor(server, signal);
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(call.parameters)) {
      if (value !== undefined) parameters.append(name, value);
    }
    const isForm = call.method === "POST";
    return exchange.send({
      method: call.method,
      url: isForm ? server + call.path : `${server}${call.path}?${parameters.toString()}`,
      ...(isForm && { form: parameters }),
      headers: { ...call.headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
      signal,
      isBackground: call.isBackground ?? false,
    });
  }

  /** Logs in once more where the token may have expired before its time, as after a restart of the server. */
  async function sendAuthorised(server: string, call: NacosCall, signal: AbortSignal): Promise<HttpResponse> {
    const response = await sendTo(server, call, signal);
    if (!isRefusal(response) || login === undefined) return response;
    login.forget();
    return sendTo(server, call, signal);
  }

  return {
    backend: `nacos://${hosts}${settings.tenant === "" ? "" : `/${settings.tenant}`}`,
    failure,
    async call(call) {
      if (isClosed) throw failure("UNAVAILABLE", call.operation, "the component is closed");
      const timeoutMs = call.timeoutMs ?? settings.timeoutMs;
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
      let problem: unknown;
      for (let attempt = 0; attempt < settings.servers.length && !signal.aborted; attempt++) {
        const index = (preferred + attempt) % settings.servers.length;
        try {
          const response = await sendAuthorised(settings.servers[index] ?? "", call, signal);
          if (isRefusal(response)) {
            const advice = login === undefined ? 'set "username" and "password"' : "the user lacks the permission";
            throw failure("PERMISSION_DENIED", call.operation, `refused with status ${response.status}; ${advice}`);
          }
          if (!unavailableStatuses.has(response.status)) {
            preferred = index;
            return response;
          }
          problem = new Error(`status ${response.status}: ${response.body.slice(0, 200)}`);
        } catch (error) {
          if (MechaError.is(error)) throw error;
          problem = error;
        }
      }
      if (call.signal?.aborted === true)
        throw failure("CANCELLED", call.operation, "it was cancelled", call.signal.reason);
      if (deadline.aborted) throw failure("UNAVAILABLE", call.operation, `no answer within ${timeoutMs} ms`, problem);
      throw failure(
        "UNAVAILABLE",
        call.operation,
        `${describe(problem)}; is it running, and is "serverAddr" right?`,
        problem,
      );
    },
    close() {
      isClosed = true;
      exchange.close();
    },
  };
}

function isRefusal(response: HttpResponse): boolean {
  return response.status === 401 || response.status === 403;
}

function describe(problem: unknown): string {
  // A host with several addresses fails with an AggregateError, whose own message is empty.
  if (problem instanceof AggregateError) return problem.errors.map(describe).join(", ");
  return problem instanceof Error ? problem.message : String(problem);
}
