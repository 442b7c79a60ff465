import { once } from "node:events";
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { MechaError } from "@mecha/spec";
import { peerTokenHeader } from "../../name-resolution/peer-token.js";
import type { GrpcWay } from "../../instances/grpc-way.js";
import type { Policy } from "../../resiliency/policy.js";
import { defaultMaxMessageBytes } from "../message-limit.js";
import { appIdHeader } from "./app-id-header.js";
import { refuse } from "./end-call.js";
import { joinCalls } from "./join-calls.js";

/** What the app is told of whom its caller has named. */
const calleeHeader = "dapr-callee-app-id";

/** The policy for the calls of a method of an app; `undefined` for none. @param path - `/package.Service/Method` */
export type ProxyPolicy = (appId: string, path: string) => Policy | undefined;

/** What calls are passed under. */
export interface GrpcProxyOptions {
  /** @defaultValue no policy for any */
  readonly policyFor?: ProxyPolicy | undefined;
  /** Largest request that is kept to be sent again, in bytes. @defaultValue 4 MiB */
  readonly maxMessageBytes?: number;
}

/**
 * Passes calls of services that are not Dapr's to the gRPC server of the app that `dapr-app-id` names, as daprd does. Messages pass
 * unparsed. Each app has one connection for all calls.
 */
export class GrpcProxy {
  readonly #openApp: (appId: string) => Promise<GrpcWay>;
  readonly #own: OutgoingHttpHeaders;
  readonly #policyFor: ProxyPolicy | undefined;
  readonly #maxMessageBytes: number;
  readonly #sessions = new Map<string, Promise<AppSession>>();

  /**
   * @param openApp - connects to the gRPC server of an app
   * @param own - what this runtime says with each call
   * @param options - what calls are passed under
   */
  constructor(
    openApp: (appId: string) => Promise<GrpcWay>,
    own: OutgoingHttpHeaders,
    { policyFor, maxMessageBytes = defaultMaxMessageBytes }: GrpcProxyOptions = {},
  ) {
    this.#openApp = openApp;
    this.#own = own;
    this.#policyFor = policyFor;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Takes a call. Never rejects: what fails becomes its status. */
  async pass(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    appId: unknown = headers[appIdHeader],
  ): Promise<void> {
    if (typeof appId !== "string" || appId === "") {
      refuse(
        stream,
        new MechaError(
          "UNIMPLEMENTED",
          `The method ${headers[":path"] ?? ""} is not known here, and no ${appIdHeader} says whose it is`,
        ),
      );
      return;
    }
    const policy = this.#policyFor?.(appId, headers[":path"] ?? "");
    try {
      if (policy !== undefined) {
        const { passByPolicy } = await import("./pass-by-policy.js");
        const open = async () => this.#request(await this.#sessionTo(appId), headers);
        await passByPolicy(policy, { caller: stream, headers, open, maxMessageBytes: this.#maxMessageBytes });
        return;
      }
      const session = await this.#sessionTo(appId);
      if (stream.closed || stream.destroyed) return;
      joinCalls(stream, this.#request(session, headers));
    } catch (thrown) {
      refuse(stream, MechaError.from(thrown, `The gRPC server of app "${appId}" cannot be reached`));
    }
  }

  /** Ends the connections; those with calls under way end with these. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const session of opened) if (session.status === "fulfilled") session.value.session.close();
  }

  #request({ session, headers: toApp }: AppSession, headers: IncomingHttpHeaders): ClientHttp2Stream {
    return session.request({ ...passed(headers), ...this.#own, ...toApp });
  }

  async #sessionTo(appId: string): Promise<AppSession> {
    const known = this.#sessions.get(appId);
    if (known !== undefined) return known;
    const opening = this.#open(appId);
    this.#sessions.set(appId, opening);
    const forget = (): void => {
      if (this.#sessions.get(appId) === opening) this.#sessions.delete(appId);
    };
    opening.then(({ session }) => session.once("close", forget).once("goaway", forget), forget);
    return opening;
  }

  async #open(appId: string): Promise<AppSession> {
    const { socket, headers } = await this.#openApp(appId);
    const session = connect("http://app.invalid", { createConnection: () => socket });
    // A connection that breaks ends its streams, which tell their callers.
    session.on("error", () => undefined);
    await once(session, "connect");
    session.unref();
    return { session, headers: { ...headers, [calleeHeader]: appId } };
  }
}

/** A connection to an app, and what has to go with each call. */
interface AppSession extends Pick<GrpcWay, "headers"> {
  readonly session: ClientHttp2Session;
}

/** What goes to the app: all but what concerns this connection, whose app it is, and the caller's token for this runtime. */
function passed(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { "dapr-api-token": _token, [appIdHeader]: _appId, [peerTokenHeader]: _peer, ...rest } = headers;
  return { ...rest, ":scheme": "http", ":authority": "app.invalid" };
}
