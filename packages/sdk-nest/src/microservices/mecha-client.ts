import { connect, type ConnectOptions, type Mecha, MechaError } from "@mecha/sdk-core";
import {
  ClientProxy,
  type ProducerDeserializer,
  type ProducerSerializer,
  type ReadPacket,
  type WritePacket,
} from "@nestjs/microservices";
import { type MechaRecordOptions, openRecord } from "./mecha-record.js";
import { methodOf, topicOf } from "./pattern-names.js";
import { fetchReply, invoke } from "./remote-reply.js";

/** Whom a client talks to. */
export interface MechaClientOptions {
  /** App id of the app that `send()` invokes. */
  readonly app?: string;
  /** Name of the pub/sub component to which `emit()` publishes. */
  readonly pubsub?: string;
  /** A connection that the app has: with `MechaModule`, that of `mechaToken()`. @defaultValue one of its own */
  readonly mecha?: Mecha;
  /** How to connect, without `mecha`. @defaultValue as the environment says */
  readonly connection?: ConnectOptions;
  /**
   * Whether replies of several values are taken as they come, over HTTP. Beside a sidecar this needs its HTTP API
   * (`DAPR_HTTP_PORT`) and a called app that speaks HTTP with its own; the embedded runtime brings replies whole.
   *
   * @defaultValue `false`: a reply arrives whole, within 4 MiB, and its values then follow each other
   */
  readonly streaming?: boolean;
  /** How long a `send()` may take, in milliseconds. @defaultValue that of the connection */
  readonly timeoutMs?: number;
  /** What makes packets of requests and events. @defaultValue none */
  readonly serializer?: ProducerSerializer;
  /** What reads packets of replies. @defaultValue none */
  readonly deserializer?: ProducerDeserializer;
}

/**
 * Client of `@nestjs/microservices` over a runtime: `send()` invokes an app, `emit()` publishes an event.
 *
 * Made by `ClientsModule` as `customClass`. A `MechaRecord` as data has headers or options of publishing beside it. What a remote handler throws arrives as Nest's other clients bring it (the error of
 * its `RpcException`); what goes wrong on the way is a `MechaError`: `NOT_FOUND` for an app without such a handler,
 * `UNAVAILABLE`, `DEADLINE_EXCEEDED`. To unsubscribe cancels the call; the remote stream is left.
 */
export class MechaClient extends ClientProxy {
  readonly #options: MechaClientOptions;
  #mecha: Promise<Mecha> | undefined;

  constructor(options: MechaClientOptions = {}) {
    super();
    this.#options = options;
    // Of options, these two read no more than what is declared here.
    this.initializeSerializer(options);
    this.initializeDeserializer(options);
  }

  override connect(): Promise<Mecha> {
    this.#mecha ??= this.#connect();
    return this.#mecha;
  }

  override async close(): Promise<void> {
    const connected = this.#mecha;
    this.#mecha = undefined;
    if (connected === undefined) return;
    if (this.#options.mecha === undefined) await (await connected).close();
    this._status$.next("disconnected");
  }

  /** Gives the promise of the connection. */
  override unwrap<T = Promise<Mecha>>(): T {
    // The caller says what it expects, as with the other clients of Nest.
    return this.connect() as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const leaving = new AbortController();
    void this.#request(packet, leaving.signal, callback).catch((err: unknown) => {
      if (!leaving.signal.aborted) callback({ err });
    });
    return () => {
      leaving.abort();
    };
  }

  // Nest names the type of what is emitted; there is nothing but the end here.
  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { pubsub } = this.#options;
    const route = this.normalizePattern(packet.pattern as string);
    if (pubsub === undefined) throw unnamed("pubsub", `emit(${JSON.stringify(route)})`);
    const { data, options } = await this.#serialize(packet);
    const mecha = await this.connect();
    await mecha.pubsub(pubsub).publish(topicOf(route), data, options.publish);
    return undefined as T;
  }

  async #serialize(packet: ReadPacket): Promise<{ readonly data: unknown; readonly options: MechaRecordOptions }> {
    const { data, options } = openRecord(packet.data);
    const serialized = (await this.serializer.serialize({ ...packet, data })) as ReadPacket<unknown>;
    return { data: serialized.data, options };
  }

  async #connect(): Promise<Mecha> {
    try {
      const mecha = this.#options.mecha ?? (await connect(this.#options.connection));
      this._status$.next("connected");
      return mecha;
    } catch (thrown) {
      // The next call tries again.
      this.#mecha = undefined;
      throw thrown;
    }
  }

  async #request(packet: ReadPacket, signal: AbortSignal, callback: (packet: WritePacket) => void): Promise<void> {
    const { app, timeoutMs, streaming = false } = this.#options;
    const route = this.normalizePattern(packet.pattern as string);
    if (app === undefined) throw unnamed("app", `send(${JSON.stringify(route)})`);
    const { data, options } = await this.#serialize(packet);
    const remote = (await this.connect()).app(app);
    const message = { app, method: methodOf(route), data, headers: options.headers, signal, timeoutMs };
    const packets = await (streaming ? fetchReply(remote, message) : invoke(remote, message));
    for await (const each of packets) {
      const read = await this.deserializer.deserialize(each);
      if (signal.aborted) return;
      callback(read);
    }
  }
}

function unnamed(option: "app" | "pubsub", call: string): MechaError {
  const what = option === "app" ? "app" : "pub/sub component";
  return new MechaError(
    "CONFIGURATION_INVALID",
    `${call}: the client does not know which ${what}; give its options { ${option}: "…" }`,
    { operation: "nest.client" },
  );
}
