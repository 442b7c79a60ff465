import { MechaError } from "@mecha/spec";
import { type OpenRespSession, RespConnection } from "./resp-connection.js";
import { encodeRespCommand } from "./resp-commands.js";

/** What a connection is like: connections that differ in this cannot stand for each other. */
export interface ConnectionKind {
  /** @defaultValue the component's own */
  readonly database: number | undefined;
  readonly protocol: 2 | 3;
}

/** The most connections that one call each may have to itself at a time. */
const maxExclusive = 1_000;
/** How many of those are kept for the next one. */
const maxIdle = 8;

/** Connections to one Redis: a shared one of each kind, and some for calls that need one to themselves. */
export class RespPool {
  readonly #open: OpenRespSession;
  readonly #component: string;
  readonly #shared = new Map<string, Promise<RespConnection>>();
  readonly #idle = new Map<string, RespConnection[]>();
  readonly #exclusive = new Set<RespConnection>();
  #inUse = 0;
  #closed = false;

  constructor(open: OpenRespSession, component: string) {
    this.#open = open;
    this.#component = component;
  }

  /** The connection of that kind that all calls share: commands of one write stay together on it. */
  async shared(kind: ConnectionKind): Promise<RespConnection> {
    const key = keyOf(kind);
    const known = this.#shared.get(key);
    const connection = await known?.catch(() => undefined);
    if (connection !== undefined && !connection.closed) return connection;
    // Whoever else waited for it has begun to open another.
    if (this.#shared.get(key) !== known) return this.shared(kind);
    const opening = this.#connect(kind);
    this.#shared.set(key, opening);
    return opening;
  }

  /**
   * Lends a connection to one call. It is kept for the next unless the call fails or is given up, which cuts it.
   *
   * @throws MechaError `RESOURCE_EXHAUSTED` when too many calls have one each
   */
  async exclusive<T>(
    kind: ConnectionKind,
    signal: AbortSignal | undefined,
    use: (connection: RespConnection) => Promise<T>,
  ): Promise<T> {
    if (this.#inUse >= maxExclusive) throw tooMany(this.#component);
    this.#inUse++;
    let connection: RespConnection | undefined;
    const cut = (): void => connection?.destroy();
    try {
      connection = this.#takeIdle(kind) ?? (await this.#connect(kind));
      this.#exclusive.add(connection);
      if (signal?.aborted === true) cut();
      signal?.addEventListener("abort", cut);
      const result = await use(connection);
      this.#giveBack(kind, connection);
      return result;
    } catch (error) {
      cut();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cut);
      if (connection !== undefined) this.#exclusive.delete(connection);
      this.#inUse--;
    }
  }

  /** Cuts all connections. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of [...this.#exclusive, ...[...this.#idle.values()].flat()]) connection.destroy();
    this.#idle.clear();
    for (const opening of this.#shared.values()) (await opening.catch(() => undefined))?.destroy();
    this.#shared.clear();
  }

  #takeIdle(kind: ConnectionKind): RespConnection | undefined {
    const idle = this.#idle.get(keyOf(kind)) ?? [];
    for (let found = idle.pop(); found !== undefined; found = idle.pop()) if (!found.closed) return found;
    return undefined;
  }

  #giveBack(kind: ConnectionKind, connection: RespConnection): void {
    const key = keyOf(kind);
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    if (this.#closed || connection.closed || !connection.idle || idle.length >= maxIdle) connection.destroy();
    else idle.push(connection);
  }

  async #connect({ database, protocol }: ConnectionKind): Promise<RespConnection> {
    if (this.#closed) throw new MechaError("UNAVAILABLE", `"${this.#component}" is closed`);
    const connection = new RespConnection(
      await this.#open(database === undefined ? {} : { database }),
      this.#component,
    );
    if (protocol === 3) await this.#speakThird(connection);
    return connection;
  }

  async #speakThird(connection: RespConnection): Promise<void> {
    const [reply] = await connection.send([encodeRespCommand(["HELLO", "3"])]);
    if (reply?.toString("latin1", 0, 1) === "%") return;
    connection.destroy();
    throw new MechaError("FAILED_PRECONDITION", `the Redis of "${this.#component}" does not speak RESP3`, {
      component: this.#component,
    });
  }
}

function keyOf({ database, protocol }: ConnectionKind): string {
  return `${String(database)}/${String(protocol)}`;
}

function tooMany(component: string): MechaError {
  return new MechaError(
    "RESOURCE_EXHAUSTED",
    `more than ${String(maxExclusive)} calls of "${component}" wait or watch at a time`,
    { component },
  );
}
