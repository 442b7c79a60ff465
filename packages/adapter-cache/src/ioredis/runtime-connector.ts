import { Socket } from "node:net";
import { CacheLink, isUnavailable, type CacheAddress, type CacheConnection } from "../cache-link.js";
import { sayIgnored } from "../ignored-options.js";
import { SessionStream } from "../session/session-stream.js";
import type { ConnectorClass, ConnectorFields, IoredisOptions } from "./client.js";

/** How ioredis reaches the cache: its own seam for transports, with the runtime in the place of a TCP connection. */
export interface RuntimeConnector {
  /** Why there can be none: wrong settings, which no retry would mend. */
  readonly failure: Error | undefined;
  /** What does commands of the present connection; absent where Redis itself does. */
  readonly session: SessionStream | undefined;
  /** Lets go of the runtime: the client will not connect again by itself. */
  release(): void;
}

/**
 * Makes the connector class that the option `Connector` of ioredis takes.
 *
 * @param original - `AbstractConnector` of the release in use
 */
export function createConnectorClass(original: ConnectorClass): new (options: IoredisOptions) => RuntimeConnector {
  return class extends original implements RuntimeConnector {
    failure: Error | undefined;
    session: SessionStream | undefined;
    readonly #link: CacheLink;

    constructor(options: IoredisOptions) {
      super(options.disconnectTimeout ?? 2_000);
      this.#link = new CacheLink(addressOf(options));
      sayIgnored("ioredis", [...(options.tls ? ["tls"] : []), ...(options.sentinels ? ["sentinels"] : [])]);
    }

    async connect(): Promise<Socket> {
      const fields = this as unknown as ConnectorFields; // protected in the original
      fields.connecting = true;
      fields.firstError = undefined;
      this.failure = undefined;
      let stream: CacheConnection["stream"];
      try {
        ({ stream } = await this.#link.open());
      } catch (error) {
        if (isUnavailable(error)) return unreachable(fields, error as Error);
        this.failure = error as Error;
        throw error;
      }
      fields.stream = stream;
      this.session = stream instanceof SessionStream ? stream : undefined;
      // ioredis asks for a socket and uses of it what the session's stream has too.
      if (isWanted(fields)) return stream as unknown as Socket;
      stream.destroy();
      throw new Error("Connection is closed.");
    }

    release(): void {
      // The connection of the process is closed for everybody then; nobody is left to be told of an error.
      this.#link.close().catch(() => undefined);
    }
  };
}

/** Asked anew after waiting: the original's `disconnect()` may have come meanwhile. */
function isWanted({ connecting }: ConnectorFields): boolean {
  return connecting;
}

/** What ioredis gets of a server that does not answer: a dead socket and its error, so that its retries go on as ever. */
function unreachable(fields: ConnectorFields, error: Error): Socket {
  fields.firstError = error;
  const socket = new Socket();
  socket.destroy();
  return socket;
}

/** Sentinels stand for one name, which is what rules match then. */
function addressOf({ host, port, db, path, sentinels, name }: IoredisOptions): CacheAddress {
  if (sentinels && name) return { host: name, db };
  return path ? { host: path, db } : { host, port, db };
}
