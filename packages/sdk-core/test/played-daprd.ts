import { MechaError } from "@mecha/spec";
import { onTestFinished } from "vitest";
import { daprMethods, type DaprHandlers } from "../src/dapr-methods.js";
import type {
  SubscribeActorEventsRequestAlpha1,
  SubscribeActorEventsRequestInitialAlpha1,
  SubscribeActorEventsResponseAlpha1,
} from "../src/generated/dapr/proto/runtime/v1/actors.js";
import { methodHandlers } from "../src/grpc/method-handler.js";
import { createGrpcServer } from "../src/grpc/server.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import { PushQueue } from "../src/stream/push-queue.js";

type Sent = NonNullable<SubscribeActorEventsResponseAlpha1["responseType"]>;
type Answer = NonNullable<SubscribeActorEventsRequestAlpha1["requestType"]>;
type Unsent<T> = T extends { readonly $case: infer C; readonly value: infer V }
  ? { readonly $case: C; readonly value: Omit<V, "id"> }
  : never;

/** A stream that an app has opened. */
interface OpenStream {
  readonly registration: SubscribeActorEventsRequestInitialAlpha1;
  readonly outbox: PushQueue<SubscribeActorEventsResponseAlpha1>;
  readonly waiting: Map<string, PromiseWithResolvers<Answer>>;
}

interface PromiseWithResolvers<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * A real gRPC server that plays the part of daprd in the protocol of actors, but for its lock: what keeps turns apart here is
 * the app.
 */
export class PlayedDaprd {
  /** Every stream that was opened; the last one gets the calls. */
  readonly streams: OpenStream[] = [];
  /** The state of all actors, by type, id and key. */
  readonly state = new Map<string, Buffer>();
  /** The transactions, as lists of `operation key`. */
  readonly transactions: (readonly string[])[] = [];
  /** Called before a transaction is made. */
  beforeTransaction: () => Promise<void> | void = () => undefined;
  /** The reminders that were unregistered, by name. */
  readonly unregistered: string[] = [];
  /** How often metadata does not know of a stream that is open. */
  timesForgetful = 0;
  /** Whether metadata says that actors are disabled. */
  isDisabled = false;
  #id = 0;

  /** Starts it; it is stopped after the test. */
  static async start(): Promise<{ readonly daprd: PlayedDaprd; readonly mecha: Mecha }> {
    const daprd = new PlayedDaprd();
    const server = createGrpcServer(methodHandlers(daprMethods, daprd.#handlers()));
    const address = await server.listen({ port: 0 });
    if (!("port" in address)) throw new Error("a TCP server has a port");
    const transport = createGrpcTransport({ address: `127.0.0.1:${String(address.port)}` });
    const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, "app");
    onTestFinished(async () => {
      await mecha.close();
      await server.close({ graceMs: 50 });
    });
    return { daprd, mecha };
  }

  /** Sends an event on the last stream; resolves with what the app answers. */
  send(event: Unsent<Exclude<Sent, { readonly $case: "initialResponse" }>>): Promise<Answer> {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error("no app has opened a stream");
    const id = String(++this.#id);
    // The id completes the event that the caller has left it out of.
    const responseType = { ...event, value: { ...event.value, id } } as Sent;
    return new Promise((resolve, reject) => {
      stream.waiting.set(id, { resolve, reject });
      stream.outbox.push({ responseType });
    });
  }

  /** Breaks the last stream, as a sidecar that dies does. */
  breakStream(): void {
    this.streams.at(-1)?.outbox.fail(new MechaError("UNAVAILABLE", "the sidecar is gone"));
  }

  #handlers(): DaprHandlers {
    return {
      getMetadata: () => Promise.resolve(this.#metadata()),
      invokeActor: async ({ actorType, actorId, method, data, metadata }) => {
        const value = { actorType, actorId, method, data, metadata };
        const answer = await this.send({ $case: "invokeRequest", value });
        if (answer.$case === "invokeResponse") return { data: answer.value.data };
        if (answer.$case !== "requestFailed") throw new Error(`an invocation was answered with ${answer.$case}`);
        const { code, message } = answer.value;
        const told = code === 5 ? `actor method not found: ${method}` : `error from actor service: ${message}`;
        throw new MechaError("INTERNAL", `error invoke actor method: ${told}`);
      },
      getActorState: ({ actorType, actorId, key }) =>
        Promise.resolve({
          data: this.state.get(`${actorType}/${actorId}/${key}`) ?? Buffer.alloc(0),
          metadata: {},
        }),
      executeActorStateTransaction: async ({ actorType, actorId, operations }) => {
        await this.beforeTransaction();
        this.transactions.push(operations.map(({ operationType, key }) => `${operationType} ${key}`));
        for (const { operationType, key, value } of operations) {
          const name = `${actorType}/${actorId}/${key}`;
          if (operationType === "delete") this.state.delete(name);
          else this.state.set(name, value?.value ?? Buffer.alloc(0));
        }
        return {};
      },
      unregisterActorReminder: ({ name }) => {
        this.unregistered.push(name);
        return Promise.resolve({});
      },
      subscribeActorEventsAlpha1: (requests) => this.#serve(requests),
    };
  }

  #metadata(): Awaited<ReturnType<NonNullable<DaprHandlers["getMetadata"]>>> {
    const types = this.timesForgetful-- > 0 ? [] : (this.streams.at(-1)?.registration.entities ?? []);
    return daprMethods.getMetadata.response.fromPartial({
      actorRuntime: {
        runtimeStatus: this.isDisabled ? 1 : 2,
        activeActors: types.map((type) => ({ type, count: 0 })),
      },
    } as never);
  }

  #serve(
    requests: AsyncIterable<SubscribeActorEventsRequestAlpha1>,
  ): AsyncIterable<SubscribeActorEventsResponseAlpha1> {
    const outbox = new PushQueue<SubscribeActorEventsResponseAlpha1>();
    void this.#listen(requests, outbox).finally(() => {
      outbox.end();
    });
    return outbox;
  }

  async #listen(
    requests: AsyncIterable<SubscribeActorEventsRequestAlpha1>,
    outbox: PushQueue<SubscribeActorEventsResponseAlpha1>,
  ): Promise<void> {
    const waiting: OpenStream["waiting"] = new Map();
    try {
      for await (const { requestType } of requests) {
        if (requestType?.$case === "initialRequest") {
          this.streams.push({ registration: requestType.value, outbox, waiting });
          outbox.push({ responseType: { $case: "initialResponse", value: {} } });
        } else if (requestType !== undefined) waiting.get(requestType.value.id)?.resolve(requestType);
      }
    } catch {
      // The app hung up, which is all there is to say.
    }
    for (const { reject } of waiting.values()) reject(new Error("the stream ended before an answer came"));
  }
}
