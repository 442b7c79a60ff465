import type { Duplex } from "node:stream";
import type { CallOptions, Metadata, StreamMethod, Transport, UnaryMethod } from "@mecha/sdk-core/protocol";
import { appGrpcPath, daprOutline, Deadlines, nativeSessionPath } from "@mecha/sdk-core/protocol-core";
import { MechaError } from "@mecha/spec";
import type { HandlerTable, TableEntry } from "../handler-table.js";
import { checkMessageSize } from "../message-limit.js";
import { InProcessCall } from "./call.js";
import { OpenCalls } from "./open-calls.js";
import { normalised } from "./normalised-requests.js";
import { ResponseStream, type BegunStream } from "./response-stream.js";

/** What the in-process door opens on to. */
export interface InProcessOptions {
  readonly handlers: HandlerTable;
  /** Opens a session in a backend's own protocol. */
  readonly openNativeSession: (metadata: Metadata) => Promise<Duplex>;
  /** Opens a connection to the gRPC server of an app. */
  readonly openAppGrpc: (appId: string) => Promise<Duplex>;
  /** Finds where the values of a store lie in this process; absent where something has to see each call. */
  readonly statePlaces?: NonNullable<Transport["statePlaces"]> | undefined;
  /** Largest request and response, in bytes. */
  readonly maxMessageBytes: number;
}

/** A transport to handlers in the same process, with a way to end all that is under way. */
export interface InProcessTransport extends Transport {
  /** Resolves when the calls that are under way now have ended; later ones, and subscriptions, are not waited for. */
  settled(): Promise<void>;
  /** Takes no new calls (they get UNAVAILABLE) and waits for those under way; after the timeout they are cancelled. */
  drain(timeoutMs: number): Promise<void>;
}

/** Streams that last as long as an app wants. */
const lasting: ReadonlySet<string> = new Set(
  [
    daprOutline.subscribeTopicEventsAlpha1,
    daprOutline.subscribeConfiguration,
    daprOutline.subscribeConfigurationAlpha1,
    daprOutline.subscribeActorEventsAlpha1,
  ].map(({ path }) => path),
);

/**
 * Makes the in-process door: calls reach the handlers without being encoded. Each request is normalised once, so that a handler
 * never holds an object of its caller; size limit, deadline and signal hold as they do over gRPC.
 */
export function createInProcessTransport({
  handlers,
  openNativeSession,
  openAppGrpc,
  statePlaces,
  maxMessageBytes,
}: InProcessOptions): InProcessTransport {
  const calls = new OpenCalls();
  const deadlines = new Deadlines();
  const idle = new Set<() => void>();
  /** Who waits for calls of a moment to end, with those that have not. */
  const waits = new Map<Set<InProcessCall>, () => void>();
  const subscriptions = new WeakSet<InProcessCall>();
  let closed = false;

  const begin = (options: CallOptions): InProcessCall => {
    if (closed)
      throw new MechaError(
        "UNAVAILABLE",
        "The embedded runtime is closed; no more calls can be made through this connection",
      );
    const call = new InProcessCall(options, deadlines);
    calls.add(call);
    return call;
  };

  const finish = (call: InProcessCall): void => {
    calls.delete(call);
    call.finish();
    if (calls.size === 0) for (const wake of idle) wake();
    if (waits.size > 0) tellWaiting(call);
  };

  const tellWaiting = (call: InProcessCall): void => {
    for (const [left, wake] of waits) {
      if (!left.delete(call) || left.size > 0) continue;
      waits.delete(left);
      wake();
    }
  };

  const find = <K extends TableEntry["method"]["kind"]>(method: {
    readonly kind: K;
    readonly path: string;
  }): Extract<TableEntry, { method: { kind: K } }> => {
    const entry = handlers.get(method.path);
    // The kind of a method is part of its definition: the entry of the same path has the same kind.
    if (entry !== undefined) return entry as Extract<TableEntry, { method: { kind: K } }>;
    throw new MechaError("UNIMPLEMENTED", `The embedded runtime does not have ${method.path} yet; a Dapr sidecar has`);
  };

  const transport: InProcessTransport = {
    async unary<I, O>(method: UnaryMethod<I, O>, request: I, options: CallOptions = {}): Promise<O> {
      const { handle } = find(method);
      const call = begin(options);
      try {
        if (call.failure !== undefined) throw call.failure;
        // What fromPartial takes is the message itself, with fields left out; a full one is one of those.
        const normal = method.request.fromPartial(request as never);
        checkMessageSize(normal, method.request, maxMessageBytes);
        // The handler of a path answers with the response of the method of that path.
        const response = (await call.race(handle(normal, call))) as O;
        checkMessageSize(response, method.response, maxMessageBytes);
        return response;
      } catch (thrown) {
        throw MechaError.from(call.failure ?? thrown, `${method.path} failed`);
      } finally {
        call.sendHeader();
        finish(call);
      }
    },
    stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options: CallOptions = {}): AsyncIterable<O> {
      const beginStream = (): BegunStream<O> => {
        const { handle } = find(method);
        const call = begin(options);
        if (lasting.has(method.path)) subscriptions.add(call);
        const incoming = normalised(requests, { type: method.request, maxMessageBytes, call });
        // The handler of a path answers with the responses of the method of that path.
        const responses = handle(incoming, call)[Symbol.asyncIterator]() as AsyncIterator<O>;
        return { call, responses, finish: () => finish(call) };
      };
      return { [Symbol.asyncIterator]: () => new ResponseStream(method, maxMessageBytes, beginStream) };
    },
    ...(statePlaces !== undefined && {
      statePlaces: (storeName: string) => (closed ? undefined : statePlaces(storeName)),
    }),
    async openRaw(path, metadata) {
      if (closed) throw new MechaError("UNAVAILABLE", "The embedded runtime is closed; no session can be opened");
      if (path === appGrpcPath) return openAppGrpc(metadata["app-id"] ?? "");
      if (path !== nativeSessionPath)
        throw new MechaError("UNIMPLEMENTED", `The embedded runtime has no raw channel ${path}`);
      return openNativeSession(metadata);
    },
    async close() {
      closed = true;
      for (const call of calls.all())
        call.end(new MechaError("UNAVAILABLE", "The connection to the embedded runtime was closed during the call"));
    },
    async settled() {
      const left = new Set(calls.all().filter((call) => !subscriptions.has(call)));
      if (left.size > 0) await new Promise<void>((resolve) => waits.set(left, resolve));
    },
    async drain(timeoutMs) {
      closed = true;
      if (calls.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          idle.add(() => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
      await transport.close();
    },
  };
  return transport;
}
