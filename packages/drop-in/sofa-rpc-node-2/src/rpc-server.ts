import {
  holdProcess,
  provideService,
  type IncomingCall,
  type ProcessHold,
  type RpcInvoker,
  type RpcResponse,
  serviceId,
} from "@mecha/adapter-rpc";
import graceful from "graceful";
import { server } from "sofa-rpc-node-upstream";
import { RpcClient } from "./rpc-client.js";

interface ServiceAnswer {
  readonly isError: boolean;
  readonly errorMsg: string | null;
  readonly appResponse: unknown;
}

/** What arrives instead of a Bolt request, in the form in which the original decodes one. */
type IncomingRequest = ReturnType<typeof toRequest>;

/**
 * sofa-rpc-node's server whose services are called through the Mecha runtime; it listens on no port. Services, delegates,
 * contexts and events are the original's.
 */
export class RpcServer extends server.RpcServer {
  readonly #withdrawals = new Map<string, () => Promise<void>>();
  readonly #resultCodes = new WeakMap<object, string>();
  #hold: ProcessHold | undefined;
  #testClient: RpcClient | undefined;
  #isClosed = false;
  #providing: Promise<void> = Promise.resolve();

  constructor(options: object) {
    super(options);
    this.on(
      "response",
      ({ req, res }: { readonly req: object; readonly res: { readonly meta: { readonly resultCode: string } } }) => {
        this.#resultCodes.set(req, res.meta.resultCode);
      },
    );
  }

  /** A client whose calls reach this server alone, for the original's test helper. */
  override get testClient(): RpcClient {
    this.#testClient ??= new RpcClient({ logger: this.options["logger"], invoker: this.#localInvoker() });
    return this.#testClient;
  }

  override addService(info: object | string, delegate: object): void {
    super.addService(info, delegate);
    if (this._started && this.registry === undefined)
      this.#provideAll().catch((error: unknown) => this.emit("error", error));
  }

  override async start(): Promise<void> {
    if (!this._started) {
      this._started = true;
      const { killTimeout, serverGracefulIgnoreCode: ignoreCode } = this.options;
      // After an uncaught error the original stops taking calls and ends the process in order; so do we.
      graceful({
        server: [{ close: () => void this.unPublish() }],
        killTimeout,
        ignoreCode,
        error: () => {
          this._handleUncaughtError();
        },
      });
      this.#hold = holdProcess();
      // With a registry the original is found by others only after publish(); without one, from the start.
      await (this.registry === undefined ? this.#provideAll() : Promise.resolve()).then(
        () => {
          this.emit("listening");
          this.ready(true);
        },
        (error: unknown) => {
          this.#hold?.release();
          this.ready(error as Error);
        },
      );
    }
    return this.ready();
  }

  override publish(): Promise<unknown> {
    return this.#provideAll();
  }

  override async unPublish(): Promise<unknown> {
    const withdrawals = [...this.#withdrawals.values()];
    this.#withdrawals.clear();
    return Promise.all(withdrawals.map((withdraw) => withdraw()));
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await this.#providing;
    await this.unPublish();
    await this.#testClient?.close();
    this.#hold?.release();
    this.emit("close");
  }

  /** One at a time: start, publish and addService may come together. */
  #provideAll(): Promise<void> {
    const providing = this.#providing.then(() => this.#provideMissing());
    this.#providing = providing.catch(() => undefined);
    return providing;
  }

  async #provideMissing(): Promise<void> {
    for (const { id } of this.services.values()) {
      if (this.#isClosed || this.#withdrawals.has(id)) continue;
      this.#withdrawals.set(id, await provideService(id, (call) => this.#answer(call)));
    }
  }

  async #answer(call: IncomingCall): Promise<RpcResponse> {
    const request = toRequest(call, this.options["codecType"]);
    const connection = new CallerConnection(call);
    await this._handleRequest(request, connection);
    const { answer } = connection;
    const resultCode = this.#resultCodes.get(request) ?? "00";
    // The original sends nothing to a caller that has stopped waiting.
    if (answer === undefined) return { resultCode: "03", errorMessage: "the caller's timeout passed", result: null };
    return answer.isError
      ? { resultCode, errorMessage: answer.errorMsg ?? "", result: null }
      : { resultCode, result: answer.appResponse };
  }

  #localInvoker(): RpcInvoker {
    return {
      open: () => Promise.resolve(),
      invoke: (call) => {
        const signal = AbortSignal.timeout(call.timeoutMs);
        return this.#answer({
          ...call,
          service: serviceId(call),
          signal,
          get isCancelled() {
            return signal.aborted;
          },
        });
      },
      close: () => Promise.resolve(),
    };
  }
}

/** What stands for the caller's Bolt connection. */
class CallerConnection {
  readonly remoteAddress = "mecha";
  /** What was sent over it. */
  answer: ServiceAnswer | undefined;
  readonly #call: IncomingCall;

  constructor(call: IncomingCall) {
    this.#call = call;
  }

  get isClosed(): boolean {
    return this.#call.isCancelled;
  }

  send(_request: IncomingRequest, data: ServiceAnswer): Promise<object> {
    this.answer = data;
    return Promise.resolve({ meta: { data: null, size: 0, encodeRT: 0 } });
  }
}

function toRequest({ service, method, args, properties, timeoutMs, group }: IncomingCall, codecType: unknown) {
  return {
    packetType: "request",
    options: { protocolType: "bolt", codecType, timeout: timeoutMs },
    data: {
      serverSignature: service,
      methodName: method,
      args,
      requestProps: properties,
      targetServiceUniqueName: service,
      group,
    },
    meta: { size: 0, start: Date.now(), rt: 0 },
  };
}
