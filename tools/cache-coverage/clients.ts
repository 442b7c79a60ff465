import { Redis as Redis5 } from "@mecha/ioredis-5";
import { Redis as Redis6 } from "@mecha/ioredis-6";
import { createClient as createClient4 } from "@mecha/redis-4";
import { createClient as createClient5 } from "@mecha/redis-5";
import { createClient as createClient6 } from "@mecha/redis-6";

/** A connection of some client, by which commands are sent as they are. */
export interface Connection {
  send(command: readonly string[]): Promise<unknown>;
  close(): void;
}

/** A drop-in whose commands are tried. */
export interface Client {
  /** As a reader knows it. */
  readonly title: string;
  connect(): Promise<Connection>;
}

interface AnyIoredis {
  on(event: "error", listener: () => void): unknown;
  call(command: string, ...args: string[]): Promise<unknown>;
  disconnect(): void;
}

interface AnyNodeRedis {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  sendCommand(command: string[]): Promise<unknown>;
  /** The name of redis 4; the others have it too. */
  disconnect(): unknown;
}

/** Commands after which a connection takes messages; node-redis has methods for them and takes them in no other way. */
const subscribing: Readonly<Record<string, string>> = {
  SUBSCRIBE: "subscribe",
  PSUBSCRIBE: "pSubscribe",
  SSUBSCRIBE: "sSubscribe",
  UNSUBSCRIBE: "unsubscribe",
  PUNSUBSCRIBE: "pUnsubscribe",
  SUNSUBSCRIBE: "sUnsubscribe",
};

function ioredis(title: string, create: () => AnyIoredis): Client {
  return {
    title,
    connect() {
      const client = create().on("error", () => undefined) as AnyIoredis;
      // ioredis knows commands that change a connection by their names in lower case.
      const send = ([name = "", ...args]: readonly string[]): Promise<unknown> =>
        client.call(name.toLowerCase(), ...args);
      return Promise.resolve({ send, close: () => client.disconnect() });
    },
  };
}

function nodeRedis(title: string, create: () => AnyNodeRedis): Client {
  return {
    title,
    async connect() {
      const client = create();
      client.on("error", () => undefined);
      await client.connect();
      const methods = client as unknown as Record<string, (name: string, listener: () => void) => Promise<unknown>>;
      const send = (command: readonly string[]): Promise<unknown> => {
        const [name = "", argument = ""] = command;
        const method = subscribing[name];
        if (method === undefined) return client.sendCommand([...command]);
        return methods[method]?.call(client, argument, () => undefined) ?? Promise.reject(new Error("no such method"));
      };
      return { send, close: () => void client.disconnect() };
    },
  };
}

/** Every drop-in of a Redis client. */
export const clients: readonly Client[] = [
  ioredis("ioredis 5", () => new Redis5({ retryStrategy: () => null })),
  ioredis("ioredis 6", () => new Redis6({ retryStrategy: () => null })),
  nodeRedis("redis 4", () => createClient4({ socket: { reconnectStrategy: false } })),
  nodeRedis("redis 5", () => createClient5({ socket: { reconnectStrategy: false } })),
  nodeRedis("redis 6", () => createClient6({ socket: { reconnectStrategy: false } })),
];
