import type { CallContext, StreamMethod, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { Runtime } from "../../runtime.js";
import type { DoorCall } from "./door-call.js";

/** What a route has to answer with. */
export interface RouteContext {
  readonly call: DoorCall;
  /** The parts of the path that have names, decoded; `*` is the rest of it. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly runtime: Runtime;
  /** Whether the app is there, where the runtime has one. */
  readonly isReady: () => boolean;
  /** Asks the runtime as any other door does. @throws MechaError `UNIMPLEMENTED` for an RPC that the runtime does not have. */
  readonly ask: <I, O>(method: UnaryMethod<I, O>, request: I) => Promise<O>;
  /** The same in a call of its own. */
  readonly askIn: <I, O>(method: UnaryMethod<I, O>, request: I, context: CallContext) => Promise<O>;
  /** Asks for a stream. */
  readonly askStream: <I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>) => AsyncIterable<O>;
}

/** One or several paths of the API and what answers there. */
export interface HttpRoute {
  readonly verbs: readonly Verb[];
  /** Versions of the API that have the path. @defaultValue `v1.0` */
  readonly versions?: readonly ApiVersion[];
  /** Below the version, in the syntax of find-my-way. */
  readonly path: string;
  readonly answer: (context: RouteContext) => Promise<void>;
}

/** Verbs that the API uses. */
type Verb = "GET" | "POST" | "PUT" | "DELETE";

/** Versions of the API. */
type ApiVersion = "v1.0" | "v1.0-alpha1" | "v1.0-alpha2" | "v1.0-beta1";

/** A part of the path that a route has named; an empty one is as good as none. */
export function param({ params }: RouteContext, name: string): string {
  return params[name] ?? "";
}
