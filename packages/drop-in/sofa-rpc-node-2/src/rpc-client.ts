import { createRpcInvoker, holdProcess, type ProcessHold, type RpcInvoker } from "@mecha/adapter-rpc";
import { client } from "sofa-rpc-node-upstream";
import { RpcConsumer } from "./rpc-consumer.js";

type RpcConsumerInstance = InstanceType<typeof client.RpcConsumer>;

/** What the drop-in adds to the original's options. */
interface RpcClientOptions {
  readonly logger?: unknown;
  readonly consumerClass?: typeof client.RpcConsumer;
  /** Calls another way than through the process's connection. */
  readonly invoker?: RpcInvoker;
}

/** sofa-rpc-node's client whose consumers call through the Mecha runtime; its registry and addresses are not contacted. */
export class RpcClient extends client.RpcClient {
  readonly #invoker: RpcInvoker;
  #hold: ProcessHold | undefined;
  #isClosed = false;

  constructor(options: RpcClientOptions) {
    super({ consumerClass: RpcConsumer, ...options });
    this.#invoker = options.invoker ?? createRpcInvoker();
  }

  override createConsumer(options: object, consumerClass?: typeof client.RpcConsumer): RpcConsumerInstance {
    // allowMock spares the original's demand for a registry or an address: the runtime knows both.
    const mecha = { invoker: this.#invoker, onConnect: () => this.#connect() };
    return super.createConsumer({ allowMock: true, ...options, ...mecha }, consumerClass);
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await super.close();
    await this.#invoker.close();
    this.#hold?.release();
  }

  /** The original's connections belong to the client: they keep the process alive until it is closed, whatever its consumers do. */
  #connect(): void {
    if (!this.#isClosed) this.#hold ??= holdProcess();
  }
}
