import { once } from "node:events";
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { MechaError } from "@mecha/spec";
import { peerTokenHeader } from "../../name-resolution/peer-token.js";
import type { GrpcWay } from "../../instances/grpc-way.js";

/** The metadata by which a caller names the app that has the service. */
const appIdHeader = "dapr-app-id";

/**
 * Passes calls of services that are not Dapr's to the gRPC server of the app that `dapr-app-id` names, as daprd does. Messages pass
 * unparsed. Each app has one connection for all calls.
 */
export class GrpcProxy {
  readonly #openApp: (appId: string) => Promise<GrpcWay>;
  readonly #own: OutgoingHttpHeaders;
  readonly #sessions = new Map<string, Promise<AppSession>>();

  /**
   * @param openApp - connects to the gRPC server of an app
   * @param own - what this runtime says with each call
   */
  constructor(openApp: (appId: string) => Promise<GrpcWay>, own: OutgoingHttpHeaders) {
    this.#openApp = openApp;
    this.#own = own;
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
    try {
      const { session, headers: toApp } = await this.#sessionTo(appId);
      if (stream.closed || stream.destroyed) return;
      join(stream, session.request({ ...passed(headers), ...this.#own, ...toApp }));
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
    return { session, headers };
  }
}

/** A connection to an app, and what has to go with each call. */
interface AppSession {
  readonly session: ClientHttp2Session;
  readonly headers: GrpcWay["headers"];
}

/** What goes to the app: all but what concerns this connection, and the caller's token for this runtime. */
function passed(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { "dapr-api-token": _token, [peerTokenHeader]: _peer, ...rest } = headers;
  return { ...rest, ":scheme": "http", ":authority": "app.invalid" };
}

/** Joins the two sides of a call: messages, headers, trailers, and the end of either. */
function join(caller: ServerHttp2Stream, app: ClientHttp2Stream): void {
  let trailers: OutgoingHttpHeaders = {};
  app.once("response", (headers, flags) => {
    if (caller.closed) return;
    const { [":status"]: status, ...rest } = headers;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    caller.respond({ ":status": status, ...rest }, endStream ? { endStream } : { waitForTrailers: true });
    if (!endStream) app.pipe(caller);
  });
  app.once("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  caller.once("wantTrailers", () => {
    caller.sendTrailers(trailers);
  });
  caller.pipe(app);
  caller.once("close", () => {
    if (!app.closed) app.close(constants.NGHTTP2_CANCEL);
  });
  app.on("error", () => undefined);
  app.once("close", () => {
    if (caller.closed || app.rstCode === constants.NGHTTP2_NO_ERROR) return;
    if (caller.headersSent) caller.close(app.rstCode);
    else refuse(caller, new MechaError("UNAVAILABLE", "The app's gRPC server ended the call before it had answered"));
  });
}

/** Ends a call before it began, with a status in the headers. */
function refuse(stream: ServerHttp2Stream, { grpcStatus, message }: MechaError): void {
  if (stream.closed || stream.headersSent) return;
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(grpcStatus),
      // Only what has to be: grpc-js does not decode an escaped slash or comma.
      "grpc-message": message.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent),
    },
    { endStream: true },
  );
}
