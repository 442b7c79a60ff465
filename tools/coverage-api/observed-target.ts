import type { DaprApiTarget } from "@mecha/conformance";
import { MechaError } from "@mecha/sdk-core";
import type { CallOptions, MessageType, Transport } from "@mecha/sdk-core/protocol";
import { RpcLog, type RpcRecord } from "./rpc-log.js";

/** What is done to the replies of one RPC to see whether a test notices. */
export interface Mutation {
  /** The RPC's path on the wire. */
  readonly path: string;
  /** An empty message in the place of each reply, or an error in the place of the call. */
  readonly reply: "empty" | "error";
  /** Whether the call is kept from the engine too: the only way to notice that a reply without fields is missing. */
  readonly swallowed: boolean;
}

/** A runtime whose calls are noted, and whose replies can be replaced, test by test. */
export interface ObservedTarget {
  readonly target: DaprApiTarget;
  /** Starts a test: what is noted from here on is its own. */
  begin(mutation?: Mutation): void;
  /** Ends the test and the calls that it left behind; gives what it got back. */
  end(): ReadonlyMap<string, RpcRecord>;
}

/** Puts an observer between the suite and a runtime. */
export function observe(inner: DaprApiTarget): ObservedTarget {
  let current = new Observation(undefined);
  const wrap = (target: DaprApiTarget): DaprApiTarget => {
    const { another, transport, ...rest } = target;
    return {
      ...rest,
      transport: observedTransport(transport, () => current),
      ...(another && { another: async () => wrap(await another()) }),
    };
  };
  return {
    target: wrap(inner),
    begin(mutation) {
      current = new Observation(mutation);
    },
    end() {
      current.abandon();
      return current.log.records;
    },
  };
}

/** One test: what it got back, what it shall get instead, and how its calls end. */
class Observation {
  readonly log = new RpcLog();
  readonly #mutation: Mutation | undefined;
  readonly #abandoned = new AbortController();

  constructor(mutation: Mutation | undefined) {
    this.#mutation = mutation;
  }

  /** The mutation, if it is of this RPC. */
  mutationOf(path: string): Mutation | undefined {
    return this.#mutation?.path === path ? this.#mutation : undefined;
  }

  abandon(): void {
    this.#abandoned.abort();
  }

  /** A test that gave up waiting leaves calls behind: they end with it. */
  options({ signal, ...options }: CallOptions = {}): CallOptions {
    const { signal: abandoned } = this.#abandoned;
    return { ...options, signal: signal === undefined ? abandoned : AbortSignal.any([signal, abandoned]) };
  }
}

function observedTransport(inner: Transport, observation: () => Observation): Transport {
  return {
    async unary(method, request, options) {
      const now = observation();
      const record = now.log.called(method.path, options?.subject?.operation);
      const mutation = now.mutationOf(method.path);
      if (mutation?.reply === "error") throw failure(mutation);
      if (mutation?.swallowed === true) return empty(method.response);
      try {
        const reply = await inner.unary(method, request, now.options(options));
        note(record, method.response, reply);
        return mutation === undefined ? reply : empty(method.response);
      } catch (error) {
        now.log.failed(record, error);
        throw error;
      }
    },
    async *stream(method, requests, options) {
      const now = observation();
      const record = now.log.called(method.path, options?.subject?.operation);
      const mutation = now.mutationOf(method.path);
      if (mutation?.reply === "error") throw failure(mutation);
      try {
        for await (const reply of inner.stream(method, requests, now.options(options))) {
          note(record, method.response, reply);
          yield mutation === undefined ? reply : empty(method.response);
        }
      } catch (error) {
        now.log.failed(record, error);
        throw error;
      }
    },
    openRaw: (path, metadata) => inner.openRaw(path, metadata),
    close: () => inner.close(),
  };
}

function note<T>(record: RpcRecord, type: MessageType<T>, reply: T): void {
  record.replies++;
  record.told ||= type.encode(reply).finish().length > 0;
}

function empty<T>(type: MessageType<T>): T {
  return type.fromPartial({} as never);
}

function failure({ path }: Mutation): MechaError {
  return new MechaError("INTERNAL", `coverage:api replaced the reply of ${path} by this error`);
}
