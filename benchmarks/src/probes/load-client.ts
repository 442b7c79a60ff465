import { createRequire } from "node:module";

/** What probes use of ioredis. */
type CacheModule = new (options: {
  readonly host: string;
  readonly port: number;
}) => {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
};

/** What probes use of ali-ons. */
interface MessageModule {
  readonly Producer: new (
    options: object,
  ) => {
    ready(): Promise<void>;
    send(message: object): Promise<{ readonly sendStatus: string }>;
  };
  readonly Message: new (topic: string, tags: string, body: string) => object;
}

/** What probes use of sofa-rpc-node. */
interface RpcModule {
  readonly server: {
    readonly RpcServer: new (
      options: object,
    ) => {
      addService(service: object, methods: object): void;
      start(): Promise<void>;
      publish(): Promise<void>;
    };
  };
  readonly client: {
    readonly RpcClient: new (
      options: object,
    ) => {
      createConsumer(options: object): {
        ready(): Promise<void>;
        invoke(method: string, args: readonly unknown[]): Promise<unknown>;
      };
    };
  };
}

interface Clients {
  readonly ioredis: CacheModule;
  readonly "ali-ons": MessageModule;
  readonly "sofa-rpc-node": RpcModule;
  readonly urllib: object;
}

const require = createRequire(__filename);

/** Requires a client by the name that apps use: the drop-in or the original, as the installation around has it. */
export function loadClient<Name extends keyof Clients>(name: Name): Clients[Name] {
  // The interfaces above are what both have.
  return require(name) as Clients[Name];
}
