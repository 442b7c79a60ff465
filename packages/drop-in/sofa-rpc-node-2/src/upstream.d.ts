/** The parts of sofa-rpc-node 2.10.0 that the drop-in builds on; the library has no types of its own. */
declare module "sofa-rpc-node-upstream" {
  import type { EventEmitter } from "node:events";

  /** sdk-base: an emitter that becomes ready. */
  class Base extends EventEmitter {
    constructor(options?: object);
    options: Record<string, unknown>;
    ready(): Promise<void>;
    ready(state: true | Error | ((error?: Error) => void)): void;
  }

  interface RequestMeta {
    start: number;
    rt: number | null;
    resultCode: string;
  }

  interface Request {
    readonly targetAppName?: string;
    readonly serverSignature: string;
    readonly group: string;
    readonly methodName: string;
    readonly args: unknown[];
    readonly timeout: number;
    readonly requestProps: Record<string, unknown>;
    readonly meta: RequestMeta;
  }

  interface CallContext {
    readonly req: Request;
    res: { error: Error | null; appResponse: unknown };
  }

  class RpcConsumer extends Base {
    readonly interfaceName: string;
    readonly version: string;
    readonly group: string;
    readonly targetAppName: string | undefined;
    readonly id: string;
    _init(): Promise<void>;
    _invoke(context: CallContext): Promise<void>;
    _wrapError(error: Error, request: Request): void;
    close(): void;
  }

  class RpcClient extends Base {
    constructor(options: object);
    createConsumer(options: object, consumerClass?: typeof RpcConsumer): RpcConsumer;
    close(): Promise<void>;
  }

  interface Service {
    readonly id: string;
  }

  class RpcServer extends Base {
    constructor(options: object);
    _started: boolean;
    readonly services: Map<string, Service>;
    readonly registry: unknown;
    get testClient(): RpcClient;
    addService(info: object | string, delegate: object): void;
    start(): Promise<void>;
    publish(): Promise<unknown>;
    unPublish(): Promise<unknown>;
    close(): Promise<void>;
    _handleRequest(request: object, connection: object): Promise<void>;
    _handleUncaughtError(): void;
  }

  const client: { readonly RpcClient: typeof RpcClient; readonly RpcConsumer: typeof RpcConsumer };
  const server: { readonly RpcServer: typeof RpcServer };
  const registry: { readonly ZookeeperRegistry: new (options: object) => Base };
  const test: ((server: RpcServer) => unknown) & { readonly RpcServerTest: new (server: RpcServer) => unknown };
}

declare module "graceful" {
  /** Ends the process in order after an uncaught error (graceful 1.1). */
  function graceful(options: {
    readonly server: unknown[];
    readonly killTimeout?: unknown;
    readonly error?: () => void;
    readonly ignoreCode?: unknown;
  }): void;
  export = graceful;
}
