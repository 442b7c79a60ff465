/** What apps use of a consumer, in the original and in the drop-in. */
export interface AnyConsumer {
  ready(): Promise<void>;
  invoke(method: string, args: unknown[], options?: object): Promise<unknown>;
  close(): void;
}

export interface AnyClient {
  createConsumer(options: object): AnyConsumer;
  on(event: "error", listener: () => void): unknown;
  close(): Promise<void>;
}

export interface AnyServer {
  readonly publishPort: number;
  addService(info: object, delegate: object): void;
  start(): Promise<void>;
  publish(): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
  close(): Promise<void>;
}

/** sofa-rpc-node, or what stands in for it. */
export interface Library {
  readonly client: { readonly RpcClient: new (options: object) => AnyClient };
  readonly server: { readonly RpcServer: new (options: object) => AnyServer };
}

/** Loads only the one that is asked for: the start of a process shall not cost that of both. */
export async function load(kind: string | undefined): Promise<Library> {
  const library: unknown =
    kind === "drop-in" ? await import("../src/index.js") : await import("sofa-rpc-node-upstream");
  // Tests use the public parts, which both have.
  return library as Library;
}

export const silent = { info() {}, warn() {}, error() {}, debug() {} };
