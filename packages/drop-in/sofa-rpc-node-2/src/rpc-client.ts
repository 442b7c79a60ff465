import { createRpcInvoker, type RpcInvoker } from "@mecha/adapter-rpc";
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

  constructor(options: RpcClientOptions) {
    super({ consumerClass: RpcConsumer, ...options });
    this.#invoker = options.invoker ?? createRpcInvoker();
  }

  override createConsumer(options: object, consumerClass?: typeof client.RpcConsumer): RpcConsumerInstance {
    // allowMock spares the original's demand for a registry or an address: the runtime knows both.
    return super.createConsumer({ allowMock: true, ...options, invoker: this.#invoker }, consumerClass);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#invoker.close();
  }
}
