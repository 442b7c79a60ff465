import { createLazySession } from "@mecha/adapter-kit";
import { MechaError, type Invocation } from "@mecha/sdk-core";
import { decodeRequest, encodeResponse, type RpcRequest, type RpcResponse } from "./envelope/rpc-envelope.js";
import { parseInvocationMethod } from "./service-name.js";

/** A call as the provider of a service sees it. */
export interface IncomingCall extends RpcRequest {
  readonly service: string;
  readonly method: string;
  /** Aborts when the caller gave up. */
  readonly signal: AbortSignal;
  /** Whether the caller gave up by now; cheaper than the signal, which is made when it is first read. */
  readonly isCancelled: boolean;
}

/** Answers calls. Errors of the method are answers with a `resultCode`; a rejection is a failure of the framework (`02`). */
export type IncomingCallHandler = (call: IncomingCall) => Promise<RpcResponse>;

/** A process answers for all its servers through one host. */
const services = new Map<string, IncomingCallHandler>();
let hosting: Promise<Hosting> | undefined;

interface Hosting {
  close(): Promise<void>;
}

/**
 * Lets other apps call a service of this process; resolves once calls arrive. A service that is provided already is taken over.
 *
 * @param service - service id, `interface:version`
 * @returns a function that stops new calls; the last service of the process ends the host. Idempotent.
 * @throws MechaError `CONFIGURATION_INVALID` for wrong settings or resources, or a sidecar that has no port to call this app on
 */
export async function provideService(service: string, handler: IncomingCallHandler): Promise<() => Promise<void>> {
  services.set(service, handler);
  const started = (hosting ??= startHosting());
  try {
    await started;
  } catch (error) {
    // The next attempt shall try again.
    if (hosting === started) hosting = undefined;
    if (services.get(service) === handler) services.delete(service);
    throw error;
  }
  return async () => {
    if (services.get(service) !== handler) return;
    services.delete(service);
    if (services.size > 0) return;
    const last = hosting;
    hosting = undefined;
    await (await last)?.close();
  };
}

async function startHosting(): Promise<Hosting> {
  const session = createLazySession();
  try {
    const { mecha } = await session.get();
    // The session's end is the host's too.
    await mecha.host().onInvoke("*", answer).start();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function answer(invocation: Invocation): Promise<unknown> {
  const name = parseInvocationMethod(invocation.method);
  if (name === undefined)
    throw new MechaError("NOT_FOUND", `This app has no handler for method "${invocation.method}"`, {
      operation: "rpc.provide",
    });
  // A service that nobody provides goes to any of the servers: each says so in its library's own way, and its listeners hear of it.
  const handler = services.get(name.service) ?? [...services.values()][0];
  if (handler === undefined)
    throw new MechaError("UNAVAILABLE", "This app is closing and takes no more calls", { operation: "rpc.provide" });
  return encodeResponse(await handler(new InvokedCall(invocation, name)));
}

/** A class, as what would be made anew for each call otherwise costs as much as many a method. */
class InvokedCall implements IncomingCall {
  readonly service: string;
  readonly method: string;
  readonly group: string;
  readonly args: readonly unknown[];
  readonly properties: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly #invocation: Invocation;

  constructor(invocation: Invocation, { service, method }: { readonly service: string; readonly method: string }) {
    const { group, args, properties, timeoutMs } = decodeRequest(invocation.json<unknown>());
    this.service = service;
    this.method = method;
    this.group = group;
    this.args = args;
    this.properties = properties;
    this.timeoutMs = timeoutMs;
    this.#invocation = invocation;
  }

  get signal(): AbortSignal {
    return this.#invocation.signal;
  }

  get isCancelled(): boolean {
    return this.#invocation.isCancelled;
  }
}
