import type { CacheAddress } from "../cache-link.js";
import { sayIgnored } from "../ignored-options.js";
import { doorTo, type DoorPlace } from "./door.js";
import type { OneNode } from "./one-node.js";

/** What node-redis 4 to 6 take of a socket, as far as it is of use or in the way here. */
interface SocketOptions {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly tls?: unknown;
}

/** What node-redis 4 to 6 take of a client, as far as it is of use or in the way here. */
interface ClientOptions {
  readonly url?: string;
  readonly socket?: SocketOptions;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly credentialsProvider?: unknown;
  readonly database?: number;
}

const defaultPort = 6379;

/** Where a client believes its server to be. */
interface Server {
  readonly socket: SocketOptions;
  readonly database: number | undefined;
}

/**
 * Gives the options of a client of node-redis with a door to the runtime in the place of a TCP address. Credentials and
 * TLS are those of the old middleware and left out; host and port are kept for whoever looks at them.
 */
export function clientOptions<Options extends object>(options: Options | undefined): Options {
  const { socket, database } = serverOf(options ?? {});
  return withDoor(options ?? {}, { socket, database, place: { address: addressOf(socket, database) } }) as Options;
}

/** Gives the options of a cluster, all nodes of which are the one that the runtime answers for. */
export function clusterOptions<Options extends object>(options: Options): Options {
  const { rootNodes = [], defaults = {} } = options as {
    readonly rootNodes?: readonly ClientOptions[];
    readonly defaults?: ClientOptions;
  };
  const { socket } = serverOf(rootNodes[0] ?? {});
  const node = nodeOf(socket);
  sayIgnored("redis", ["the nodes of a cluster after the first"]);
  const place = { address: addressOf(socket, defaults.database), node };
  const nodeOptions = withDoor(defaults, {
    socket: { ...defaults.socket, ...node },
    database: defaults.database,
    place,
  });
  return { ...options, rootNodes: [{ socket: node }], defaults: nodeOptions };
}

/** Gives the options of a client that asks sentinels, which all say that the runtime is the master. */
export function sentinelOptions<Options extends object>(options: Options): Options {
  const {
    name,
    nodeClientOptions = {},
    sentinelClientOptions = {},
  } = options as {
    readonly name: string;
    readonly nodeClientOptions?: ClientOptions;
    readonly sentinelClientOptions?: ClientOptions;
  };
  const node = nodeOf({});
  sayIgnored("redis", ["sentinelRootNodes"]);
  // Sentinels stand for one name, which is what rules match then.
  const { database } = nodeClientOptions;
  const place = { address: { host: name, ...(database !== undefined && { db: database }) }, node };
  const through = (given: ClientOptions): object =>
    withDoor(given, { socket: { ...given.socket }, database: given.database, place });
  return {
    ...options,
    sentinelRootNodes: [node],
    nodeClientOptions: through(nodeClientOptions),
    sentinelClientOptions: through(sentinelClientOptions),
  };
}

function withDoor(given: ClientOptions, server: Server & { readonly place: DoorPlace }): object {
  const { url: _url, username, password, credentialsProvider, ...others } = given;
  const { tls, ...socket } = server.socket;
  sayIgnored("redis", [
    ...(tls ? ["tls"] : []),
    ...(username !== undefined || password !== undefined || credentialsProvider !== undefined ? ["credentials"] : []),
  ]);
  return {
    ...others,
    ...(server.database !== undefined && { database: server.database }),
    // A server that moves is the business of the component; the original would look the old host up.
    maintNotifications: "disabled",
    socket: { ...socket, path: doorTo(server.place) },
  };
}

/** Reads a URL as the originals do; one that they refuse is left to them. */
function serverOf({ url, socket = {}, database }: ClientOptions): Server {
  if (url === undefined) return { socket, database };
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:") throw new TypeError("Invalid protocol");
  const named = pathname.length > 1 ? Number(pathname.slice(1)) : database;
  if (Number.isNaN(named)) throw new TypeError("Invalid pathname");
  const host = hostname.replace(/^\[([0-9a-f:]+)\]$/u, "$1");
  const tls = protocol === "rediss:";
  return { socket: { ...socket, host, ...(port !== "" && { port: Number(port) }), tls }, database: named };
}

function addressOf({ host, port, path }: SocketOptions, database: number | undefined): CacheAddress {
  const db = database === undefined ? {} : { db: database };
  return path === undefined ? { ...nodeOf({ host, port }), ...db } : { host: path, ...db };
}

function nodeOf({
  host = "localhost",
  port = defaultPort,
}: {
  host?: string | undefined;
  port?: number | undefined;
}): OneNode {
  return { host, port };
}
