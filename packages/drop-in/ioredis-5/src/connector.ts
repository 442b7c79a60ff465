import { Socket } from "node:net";
import { CacheLink, isUnavailable, type CacheAddress, type CacheConnection } from "@mecha/adapter-cache";
import { AbstractConnector, type RedisOptions } from "ioredis-upstream";

/** How ioredis reaches the cache: its own seam for transports, with the runtime in the place of a TCP connection. */
export class RuntimeConnector extends AbstractConnector {
  /** The connection, once there is one. */
  opened: CacheConnection | undefined;
  /** Why there can be none: wrong settings, which no retry would mend. */
  failure: Error | undefined;
  readonly #link: CacheLink;

  constructor(given: unknown) {
    // ioredis declares the parameter so, and passes its own options.
    const options = given as RedisOptions;
    super(options.disconnectTimeout ?? 2_000);
    this.#link = new CacheLink(addressOf(options));
  }

  async connect(): Promise<Socket> {
    this.connecting = true;
    this.failure = undefined;
    this.firstError = undefined as never; // declared as optional, which does not take `undefined`
    try {
      this.opened = await this.#link.open();
    } catch (error) {
      if (isUnavailable(error)) return this.#unreachable(error as Error);
      this.failure = error as Error;
      throw error;
    }
    // ioredis asks for a socket and uses of it what the session's stream has too.
    const stream = this.opened.stream as unknown as Socket;
    this.stream = stream;
    stream.once("close", () => {
      this.opened = undefined;
    });
    if (this.#isWanted()) return stream;
    stream.destroy();
    throw new Error("Connection is closed.");
  }

  /** Lets go of the runtime: the client will not connect again by itself. */
  release(): void {
    // The connection of the process is closed for everybody then; nobody is left to be told of an error.
    this.#link.close().catch(() => undefined);
  }

  /** Whether nobody disconnected meanwhile. */
  #isWanted(): boolean {
    return this.connecting;
  }

  /** What ioredis gets of a server that does not answer: a dead socket and its error, so that its retries go on as ever. */
  #unreachable(error: Error): Socket {
    this.firstError = error;
    const socket = new Socket();
    socket.destroy();
    return socket;
  }
}

/** Sentinels stand for one name, which is what rules match then. */
function addressOf({ host, port, db, path, sentinels, name }: RedisOptions): CacheAddress {
  if (sentinels && name) return { host: name, db };
  return path ? { host: path, db } : { host, port, db };
}
