import { join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import type { RocketmqAddress, RunningEngine, StartOptions } from "./engine.js";
import type { EngineProcess } from "./engine-process.js";
import { freePortFamily } from "./free-ports.js";
import { jarsFolder } from "./installed.js";
import { startJava } from "./java-process.js";
import { requireInstalled } from "./missing.js";
import {
  brokerName,
  type RocketmqFiles,
  rocketmqPortOffsets,
  rocketmqPorts,
  writeRocketmqFiles,
} from "./rocketmq-files.js";
import { routeOf } from "./rocketmq-route.js";
import { createConsumerGroup, createTopic, type TopicOptions } from "./rocketmq-topics.js";
import { orStopAll, runningEngine } from "./running-engine.js";
import { accepts } from "./tcp.js";

/** How a RocketMQ is started. */
export interface RocketmqOptions extends StartOptions {
  /** Topics to make before the start is done. Others can be made later with `createTopic`. */
  readonly topics?: Readonly<Record<string, TopicOptions>>;
  /** Consumer groups to make before the start is done. Others can be made later with `createConsumerGroup`. */
  readonly groups?: readonly string[];
}

/** A running RocketMQ: a name server, and one broker with the gRPC proxy in its process. */
export interface RocketmqEngine extends RunningEngine, RocketmqAddress {
  readonly name: "rocketmq";
}

const openedUp = ["--add-exports", "java.base/jdk.internal.ref=ALL-UNNAMED"].concat(
  ["java.nio", "sun.nio.ch", "java.lang"].flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]),
);

function startPart(
  home: string,
  part: string,
  options: readonly string[],
  main: readonly [string, ...string[]],
): EngineProcess {
  const [mainClass, ...args] = main;
  return startJava({
    title: `RocketMQ's ${part}`,
    home,
    // TLS is off: it adds 10 to 20 s to the start. The disk may be fuller than a production broker would accept.
    options: [
      ...options,
      `-Drocketmq.home.dir=${home}`,
      "-Dtls.server.mode=disabled",
      "-Drocketmq.broker.diskSpaceWarningLevelRatio=0.99",
      ...openedUp,
    ],
    classPath: [join(jarsFolder("rocketmq"), "*")],
    mainClass,
    args,
    env: { ROCKETMQ_HOME: home },
    logFile: join(home, `${part.replaceAll(" ", "-")}.log`),
  });
}

function startNameServer(home: string, files: RocketmqFiles): EngineProcess {
  const main = ["org.apache.rocketmq.namesrv.NamesrvStartup", "-c", files.nameServer] as const;
  return startPart(home, "name server", ["-Xms32m", "-Xmx64m"], main);
}

function startBroker(home: string, files: RocketmqFiles, nameServer: string): EngineProcess {
  const memory = ["-Xms128m", "-Xmx256m", "-Xmn64m", "-XX:MaxDirectMemorySize=128m"];
  const configuration = ["-bc", files.broker, "-pc", files.proxy];
  const main = ["org.apache.rocketmq.proxy.ProxyStartup", "-pm", "local", "-n", nameServer, ...configuration] as const;
  return startPart(home, "broker", memory, main);
}

/**
 * Starts a RocketMQ on 127.0.0.1 and waits until clients can work with it: the name server has a route to the broker and
 * the proxy accepts connections. `port` is the name server's; the others follow within 21. Topics of 4.x clients are made
 * when first sent to.
 */
export async function startRocketmq(options: RocketmqOptions = {}): Promise<RocketmqEngine> {
  requireInstalled("rocketmq");
  const ports = rocketmqPorts(await freePortFamily(rocketmqPortOffsets, options.port));
  const dataFolder = openDataFolder("rocketmq", options.dataFolder);
  const files = writeRocketmqFiles(dataFolder.path, ports);
  const address: RocketmqAddress = {
    nameServer: `127.0.0.1:${ports.nameServer}`,
    broker: `127.0.0.1:${ports.broker}`,
    proxy: `127.0.0.1:${ports.proxyGrpc}`,
  };
  const timeoutMs = options.timeoutMs ?? 150_000;
  // Both at once: the name server is there long before the broker is, else the broker registers at its second try.
  const nameServer = startNameServer(dataFolder.path, files);
  const broker = startBroker(dataFolder.path, files, address.nameServer);
  const engine = runningEngine("rocketmq", [broker, nameServer], dataFolder);
  await orStopAll(engine, async () => {
    await nameServer.untilReady(() => accepts(ports.nameServer), timeoutMs);
    const isRouted = async (): Promise<boolean> => (await routeOf(address.nameServer, brokerName)) !== undefined;
    await broker.untilReady(async () => (await isRouted()) && accepts(ports.proxyGrpc), timeoutMs);
    await Promise.all([
      ...Object.entries(options.topics ?? {}).map(([topic, how]) => createTopic(address, topic, how)),
      ...(options.groups ?? []).map((group) => createConsumerGroup(address, group)),
    ]);
  });
  return { ...engine, name: "rocketmq", ...address };
}
