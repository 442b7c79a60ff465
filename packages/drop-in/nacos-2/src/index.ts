import { holdProcess, NacosConfigAgent, registerDropIn, type ProcessHold } from "@mecha/adapter-config";
import * as upstream from "nacos-upstream";
import {
  type ClientOptions,
  DataClient as UpstreamDataClient,
  NacosConfigClient as UpstreamConfigClient,
} from "nacos-upstream";
import { Worker } from "./worker.js";

export type {
  API_ROUTE,
  BaseClient,
  ClientOptions,
  CommonInputOptions,
  Host,
  IClientWorker,
  IConfiguration,
  IServerListManager,
  ISnapshot,
  NacosHttpError,
  SnapShotData,
  UnitOptions,
} from "nacos-upstream";
export { ClientOptionKeys, ClientWorker, HttpAgent, ServerListManager, Snapshot } from "nacos-upstream";
export { NacosNamingClient } from "./naming-client.js";

/** `DataClient` of nacos 2.6: the original, with the runtime in the place of its HTTP transport. */
export class DataClient extends UpstreamDataClient {
  declare protected httpAgent: NacosConfigAgent;

  constructor(options: ClientOptions) {
    super({ ...options, httpAgent: NacosConfigAgent });
  }

  protected override getClientWorker(options: object): Worker {
    return new Worker(options, this.httpAgent);
  }

  /** Ends all long polls and gives the connection back. Idempotent. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- declared as void by nacos, whose callers await it all the same
  override close(): Promise<void> {
    super.close();
    return this.httpAgent.close();
  }
}

/**
 * `NacosConfigClient` of nacos 2.6 over our {@link DataClient}.
 *
 * The original shares one client among the processes of a machine over TCP port 7777; here each process has its own, whatever
 * `cluster` the options name, and no port is opened.
 */
export class NacosConfigClient extends UpstreamConfigClient {
  /** The original's port holds the process until `close()`. */
  readonly #hold: ProcessHold = holdProcess();

  constructor(options: ClientOptions = {}) {
    super({ ...options, cluster: ownClient } as ClientOptions); // the types of nacos do not know `cluster`
  }

  override get DataClient(): typeof DataClient {
    return DataClient;
  }

  static override get DataClient(): typeof DataClient {
    return DataClient;
  }

  /** Closes the {@link DataClient} behind it, and lets the process end. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- declared as void by nacos, whose own close returns a promise
  override async close(): Promise<void> {
    this.#hold.release();
    await (this._client as unknown as DataClient).close(); // what ownClient made
  }
}

/** What the option `cluster` takes: makes a wrapper that shares nothing. */
function ownClient(Client: typeof DataClient): { delegate(): unknown; create(options: ClientOptions): DataClient } {
  return {
    delegate() {
      return this;
    },
    create: (options) => Object.defineProperty(new Client(options), "isClusterClientLeader", { value: true }),
  };
}

registerDropIn({ name: "nacos", replacement: "npm:@mecha/nacos@^2.6.0", upstream });
