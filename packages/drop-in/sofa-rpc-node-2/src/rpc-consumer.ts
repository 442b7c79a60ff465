import { MechaError, type RpcInvoker, type RpcResponse } from "@mecha/adapter-rpc";
import { client, type CallContext, type Request } from "sofa-rpc-node-upstream";

/** How the original names an error that the other side's framework reports. */
const serverException = "com.alipay.remoting.rpc.exception.RpcServerException: Error: ";

/**
 * sofa-rpc-node's consumer whose calls go through the Mecha runtime instead of Bolt connections; middlewares, events,
 * timeouts and `errorAsNull` are the original's.
 */
export class RpcConsumer extends client.RpcConsumer {
  override async _init(): Promise<void> {
    // The original has a connection to each provider from now on; RpcClient gives every consumer this.
    (this.options["onConnect"] as (() => void) | undefined)?.();
    // The original connects here too, and tells of what fails with each call.
    await this.#invoker.open().catch(() => undefined);
  }

  override async _invoke(context: CallContext): Promise<void> {
    const { req } = context;
    try {
      context.res = toResult(await this.#call(req));
    } catch (thrown) {
      const error = this.#translate(thrown, req);
      this._wrapError(error, req);
      if (error.name === "RpcNoProviderError") throw error;
      context.res = { error, appResponse: null };
      return;
    } finally {
      req.meta.rt = Date.now() - req.meta.start;
    }
    if (context.res.error !== null) this._wrapError(context.res.error, req);
  }

  /** RpcClient gives every consumer its own. */
  get #invoker(): RpcInvoker {
    return this.options["invoker"] as RpcInvoker;
  }

  #call(request: Request): Promise<RpcResponse> {
    const { interfaceName, version, targetAppName } = this;
    return this.#invoker.invoke({
      interfaceName,
      version,
      group: request.group,
      method: request.methodName,
      args: request.args,
      properties: Object.fromEntries(
        Object.entries(request.requestProps).map(([name, value]) => [name, String(value)]),
      ),
      timeoutMs: request.timeout,
      ...(targetAppName !== undefined && { targetAppName }),
    });
  }

  #translate(thrown: unknown, request: Request): Error {
    const failure = MechaError.from(thrown);
    const { meta } = request;
    if (failure.code === "DEADLINE_EXCEEDED") {
      meta.resultCode = "03";
      const message = `no response in ${String(Date.now() - meta.start)}ms, address:${this.id}`;
      return named("RpcResponseTimeoutError", message, { cause: failure, req: request, timeout: request.timeout });
    }
    if (isNobodyThere(failure)) {
      meta.resultCode = "04";
      const message = `No provider of ${this.id}@${this.group}:${request.methodName}() found! ${failure.message}`;
      return named("RpcNoProviderError", message, { cause: failure });
    }
    if (failure.code === "UNAVAILABLE") {
      meta.resultCode = "02";
      return named("RpcSocketCloseError", `The socket was closed. (address: ${this.id}): ${failure.message}`, {
        cause: failure,
      });
    }
    meta.resultCode = "02";
    return named("RpcSocketError", failure.message, { cause: failure });
  }
}

/** Whether no provider is known at all. daprd and the embedded runtime say it of an app id with the code of any failed call. */
function isNobodyThere({ code, message }: MechaError): boolean {
  return code === "NOT_FOUND" || code === "CONFIGURATION_INVALID" || message.includes("couldn't find service");
}

function toResult({ errorMessage, result }: RpcResponse): CallContext["res"] {
  if (errorMessage !== undefined) {
    const error = new Error(serverException + errorMessage);
    // As in the original: the stack would be that of this client, which is misleading.
    error.stack = "";
    return { error, appResponse: null };
  }
  if (result instanceof Error)
    return { error: named("java.lang.Exception", `Error: ${result.message}`, {}), appResponse: null };
  return { error: null, appResponse: result };
}

function named(name: string, message: string, details: object): Error {
  return Object.assign(new Error(message), { name, ...details });
}
