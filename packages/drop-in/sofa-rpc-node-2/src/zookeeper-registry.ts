import { holdProcess, type ProcessHold } from "@mecha/adapter-rpc";
import { client } from "sofa-rpc-node-upstream";

/** sdk-base, found where the original has it: it is no dependency of its own that we could name. */
const Base = Object.getPrototypeOf(client.RpcClient) as typeof client.RpcClient;

/** The original's registry without ZooKeeper: who provides what is the runtime's matter, so nothing is contacted. */
export class ZookeeperRegistry extends Base {
  /** As long as the original has its connection to ZooKeeper. */
  readonly #hold: ProcessHold = holdProcess();

  constructor(options: object) {
    super(options);
    this.ready(true);
  }

  register(): Promise<void> {
    return Promise.resolve();
  }

  unRegister(): Promise<void> {
    return Promise.resolve();
  }

  /** Nobody is ever announced: consumers find providers through the runtime. */
  subscribe(_config: object, listener: (addresses: readonly string[]) => void): void {
    setImmediate(listener, []);
  }

  unSubscribe(): void {
    return undefined;
  }

  override close(): Promise<void> {
    this.#hold.release();
    return Promise.resolve();
  }
}
