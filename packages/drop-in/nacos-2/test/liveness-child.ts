import cluster from "node:cluster";
import * as upstream from "nacos-upstream";
import * as dropIn from "../src/index.js";

/** Run as a process of its own by liveness.test.ts: which client, what it does, the legacy address, and where snapshots go. */
const [kind, scenario, serverAddr = "", cacheDir = ""] = process.argv.slice(2);
const { DataClient, NacosConfigClient } = kind === "drop-in" ? dropIn : upstream;
const options = { serverAddr, cacheDir };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What the process has open that others could connect to. */
function listening(): string {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCPServer|UDP|Pipe.*Server/.test(name))
    .join(",");
}

const scenarios: Readonly<Record<string, () => Promise<void> | void>> = {
  async "config client stays open"() {
    const client = new NacosConfigClient(options);
    await client.getConfig("none", "liveness");
    say("ready");
  },
  async "config client closes"() {
    const client = new NacosConfigClient(options);
    await client.getConfig("none", "liveness");
    say(`listening: ${listening()}`);
    await (client.close() as unknown as Promise<void>);
    say("ready");
  },
  async "config client subscribes and closes"() {
    const client = new NacosConfigClient(options);
    await new Promise((resolve) => client.subscribe({ dataId: "rules", group: "liveness" }, resolve));
    say(`listening: ${listening()}`);
    await (client.close() as unknown as Promise<void>);
    say("ready");
  },
  async "data client reads"() {
    await new DataClient(options).getConfig("none", "liveness", {});
    say("ready");
  },
  "data client subscribes"() {
    new DataClient(options).subscribe({ dataId: "rules", group: "liveness" }, () => say("ready"));
  },
  "data client subscribes and unsubscribes"() {
    const client = new DataClient(options);
    client.subscribe({ dataId: "rules", group: "liveness" }, () => {
      client.unSubscribe({ dataId: "rules", group: "liveness" }, undefined);
      say("ready");
    });
  },
  "cluster workers follow a value"() {
    if (cluster.isPrimary) {
      for (let count = 0; count < 2; count++) cluster.fork();
      return;
    }
    const client = new NacosConfigClient(options);
    client.subscribe({ dataId: "followed", group: "liveness" }, (content: string | null) => {
      say(`worker ${cluster.worker!.id}: ${String(content)}`);
      if (content !== "end") return;
      void client.close();
      cluster.worker!.disconnect();
    });
  },
  async "closes right after a failure"() {
    const client = new DataClient({ ...options, requestTimeout: 200 });
    client["on"]("error", () => undefined);
    client.subscribe({ dataId: "rules", group: "liveness" }, () => undefined);
    await client.getConfig("none", "liveness", {}).catch(() => undefined);
    void client.close();
    say("ready");
  },
};

await scenarios[scenario ?? ""]?.();
