import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The ports of one RocketMQ, all next to the name server's. */
export interface RocketmqPorts {
  readonly nameServer: number;
  /** The broker also takes the port two below (its fast channel) and the one above (replication). */
  readonly broker: number;
  readonly proxyGrpc: number;
  readonly proxyRemoting: number;
}

/** What a RocketMQ adds to its name server's port. */
export const rocketmqPortOffsets = [0, 8, 10, 11, 20, 21] as const;

/** The ports of the RocketMQ whose name server has this port. */
export function rocketmqPorts(nameServer: number): RocketmqPorts {
  return { nameServer, broker: nameServer + 10, proxyGrpc: nameServer + 20, proxyRemoting: nameServer + 21 };
}

/** The one broker's name; the broker makes a topic of the same name, which is the first that the name server learns. */
export const brokerName = "broker-a";
const clusterName = "DefaultCluster";

function properties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

function nameServerProperties(home: string, ports: RocketmqPorts): string {
  return properties({
    rocketmqHome: home,
    listenPort: ports.nameServer,
    bindAddress: "127.0.0.1",
    defaultThreadPoolNums: 4,
    clientRequestThreadPoolNums: 2,
    kvConfigPath: join(home, "conf", "name-server-values.json"),
    configStorePath: join(home, "conf", "name-server-stored.properties"),
  });
}

function brokerProperties(home: string, ports: RocketmqPorts): string {
  return properties({
    rocketmqHome: home,
    brokerClusterName: clusterName,
    brokerName,
    brokerId: 0,
    brokerRole: "ASYNC_MASTER",
    flushDiskType: "ASYNC_FLUSH",
    namesrvAddr: `127.0.0.1:${ports.nameServer}`,
    brokerIP1: "127.0.0.1",
    brokerIP2: "127.0.0.1",
    bindAddress: "127.0.0.1",
    listenPort: ports.broker,
    haListenPort: ports.broker + 1,
    // The shortest that the broker accepts, for when the name server comes up after it.
    registerNameServerPeriod: 10_000,
    autoCreateTopicEnable: true,
    autoCreateSubscriptionGroup: true,
    defaultTopicQueueNums: 4,
    timerWheelEnable: true,
    storePathRootDir: join(home, "store"),
    storePathCommitLog: join(home, "store", "commitlog"),
    // The defaults map gigabytes.
    mappedFileSizeCommitLog: 16_777_216,
    mappedFileSizeConsumeQueue: 600_000,
    mappedFileSizeTimerLog: 1_048_576,
    maxHashSlotNum: 10_000,
    maxIndexNum: 40_000,
    diskMaxUsedSpaceRatio: 95,
    warmMapedFileEnable: false,
    transientStorePoolEnable: false,
    sendMessageThreadPoolNums: 2,
    pullMessageThreadPoolNums: 4,
  });
}

function proxyJson(ports: RocketmqPorts): string {
  return JSON.stringify({
    rocketMQClusterName: clusterName,
    proxyMode: "LOCAL",
    namesrvAddr: `127.0.0.1:${ports.nameServer}`,
    localServeAddr: "127.0.0.1",
    grpcServerPort: ports.proxyGrpc,
    remotingListenPort: ports.proxyRemoting,
    remotingAccessAddr: "127.0.0.1",
    enableTopicMessageTypeCheck: true,
    grpcThreadPoolNums: 4,
    grpcProducerThreadPoolNums: 4,
    grpcConsumerThreadPoolNums: 4,
    grpcRouteThreadPoolNums: 2,
    grpcClientManagerThreadPoolNums: 2,
    grpcTransactionThreadPoolNums: 2,
    grpcProxyRelayRequestTimeoutInSeconds: 5,
    producerProcessorThreadPoolNums: 4,
    consumerProcessorThreadPoolNums: 4,
  });
}

/** The configuration files of one RocketMQ. */
export interface RocketmqFiles {
  readonly nameServer: string;
  readonly broker: string;
  readonly proxy: string;
}

/** Writes what the name server and the broker with its proxy are configured with. */
export function writeRocketmqFiles(home: string, ports: RocketmqPorts): RocketmqFiles {
  const folder = join(home, "conf");
  mkdirSync(folder, { recursive: true });
  const files = {
    nameServer: join(folder, "name-server.conf"),
    broker: join(folder, "broker.conf"),
    proxy: join(folder, "proxy.json"),
  };
  writeFileSync(files.nameServer, nameServerProperties(home, ports));
  writeFileSync(files.broker, brokerProperties(home, ports));
  writeFileSync(files.proxy, proxyJson(ports));
  return files;
}
