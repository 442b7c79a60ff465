import type { Mecha, RemoteApp } from "@mecha/sdk-core";
import { callCounter, createLazySession, resolveRpcRoute, type CallCounter } from "@mecha/adapter-kit";
import { decodeResponse, encodeRequest, type RpcResponse } from "./envelope/rpc-envelope.js";
import { invocationMethod, serviceId, type ServiceName } from "./service-name.js";

/** A call of a service's method. */
export interface RpcCall extends ServiceName {
  readonly group: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly properties: Readonly<Record<string, string>>;
  /** How long to wait, in milliseconds; then `DEADLINE_EXCEEDED`. */
  readonly timeoutMs: number;
  /** The app that the legacy code names as provider; counts where no rule names one. */
  readonly targetAppName?: string;
}

/** Calls services of other apps. */
export interface RpcInvoker {
  /** Connects, so that the first call does not have to; rejects as {@link RpcInvoker.invoke} would. */
  open(): Promise<void>;
  /**
   * Calls a method and resolves with the provider's answer, be it a result or an error of the method.
   *
   * @throws MechaError `CONFIGURATION_INVALID` if nothing says which app provides the service, `NOT_FOUND` or
   * `UNAVAILABLE` if that app cannot be reached, `DEADLINE_EXCEEDED` if it does not answer in time.
   */
  invoke(call: RpcCall): Promise<RpcResponse>;
  /** Gives the connection back. Idempotent. */
  close(): Promise<void>;
}

/** Another app, and what counts the calls to it. */
interface Provider {
  readonly app: RemoteApp;
  readonly counter: CallCounter | undefined;
}

/** Makes an invoker over the process's connection, which it opens with the first call. */
export function createRpcInvoker(): RpcInvoker {
  const session = createLazySession();
  const providers = new Map<string, Provider>();
  const providerOf = (mecha: Mecha, app: string): Provider => {
    const known = providers.get(app);
    if (known !== undefined) return known;
    const counter = callCounter({ adapter: "rpc", component: app, type: "invocation", backend: `app ${app}` });
    const provider = { app: mecha.app(app), counter };
    providers.set(app, provider);
    return provider;
  };
  return {
    async open() {
      await session.get();
    },
    async invoke(call) {
      const deadline = Date.now() + call.timeoutMs;
      const { mecha, routing } = session.opened ?? (await session.get());
      const { interfaceName, version, group, method, args, properties, timeoutMs } = call;
      const app = resolveRpcRoute(routing, { interface: interfaceName, version, group }, call.targetAppName);
      const provider = providerOf(mecha, app);
      const service = serviceId(call);
      const start = performance.now();
      const request = encodeRequest({ group, args, properties, timeoutMs });
      const envelope = await provider.app.invoke(invocationMethod(service, method), request, { deadline });
      provider.counter?.record(`${service}/${method}`, (performance.now() - start) * 1000);
      return decodeResponse(envelope);
    },
    close: () => session.close(),
  };
}
