import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import type { NacosAddress, RunningEngine, StartOptions } from "./engine.js";
import { freePortFamily } from "./free-ports.js";
import { answersOk } from "./http.js";
import { jarsFolder } from "./installed.js";
import { startJava } from "./java-process.js";
import { requireInstalled } from "./missing.js";
import { orStopAll, runningEngine } from "./running-engine.js";
import { accepts } from "./tcp.js";

/** How a Nacos is started. */
export interface NacosOptions extends StartOptions {
  /** Whether callers must log in, as user `nacos` with password `nacos`. @defaultValue false */
  readonly auth?: boolean;
}

/** A running Nacos, standalone, with its own embedded database. */
export interface NacosEngine extends RunningEngine, NacosAddress {
  readonly name: "nacos";
}

// The server adds these by itself: its consensus below, gRPC for clients and for the cluster above.
const grpcOffset = 1000;
const portOffsets = [0, -1000, grpcOffset, 1001];

function authOptions(isOn: boolean): readonly string[] {
  if (!isOn) return ["-Dnacos.core.auth.enabled=false"];
  return [
    "-Dnacos.core.auth.enabled=true",
    "-Dnacos.core.auth.system.type=nacos",
    "-Dnacos.core.auth.server.identity.key=mecha-engines",
    `-Dnacos.core.auth.server.identity.value=${randomBytes(12).toString("hex")}`,
    `-Dnacos.core.auth.plugin.nacos.token.secret.key=${randomBytes(48).toString("base64")}`,
  ];
}

/** Two versions of hessian are among the jars; the server needs the classes of 4.x, which therefore comes first. */
function classPath(): readonly string[] {
  const folder = jarsFolder("nacos");
  const first = readdirSync(folder).filter((jar) => jar.startsWith("hessian-4"));
  return [...first.map((jar) => join(folder, jar)), join(folder, "*")];
}

async function isServing(port: number, auth: boolean): Promise<boolean> {
  const root = `http://127.0.0.1:${port}/nacos/v1`;
  if (!(await answersOk(`${root}/console/health/readiness`)) || !(await accepts(port + grpcOffset))) return false;
  const login = { method: "POST", body: new URLSearchParams({ username: "nacos", password: "nacos" }) };
  return !auth || answersOk(`${root}/auth/login`, login);
}

/** Starts a Nacos on 127.0.0.1 and waits until it serves over HTTP and gRPC. */
export async function startNacos(options: NacosOptions = {}): Promise<NacosEngine> {
  requireInstalled("nacos");
  const port = await freePortFamily(portOffsets, options.port);
  const dataFolder = openDataFolder("nacos", options.dataFolder);
  const home = dataFolder.path;
  const server = startJava({
    title: `Nacos on 127.0.0.1:${port}`,
    home,
    options: [
      ...["-Xms64m", "-Xmx256m", "-XX:MaxMetaspaceSize=192m", "-XX:MaxDirectMemorySize=64m"],
      ...["java.lang", "java.util", "sun.net.util"].flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]),
      `-Dnacos.home=${home}`,
      "-Dnacos.standalone=true",
      "-DembeddedStorage=true",
      "-Dnacos.server.ip=127.0.0.1",
      "-Dnacos.inetutils.ip-address=127.0.0.1",
      `-Dderby.stream.error.file=${join(home, "derby.log")}`,
      "-Dserver.address=127.0.0.1",
      `-Dserver.port=${port}`,
      // 3 s otherwise, after which a machine that is busy elsewhere ends the start.
      "-Ddb.pool.config.connectionTimeout=60000",
      `-Dserver.tomcat.basedir=${join(home, "tomcat")}`,
      "-Dserver.tomcat.accesslog.enabled=false",
      "-Dserver.tomcat.threads.max=20",
      "-Dspring.main.banner-mode=off",
      ...authOptions(options.auth ?? false),
    ],
    classPath: classPath(),
    mainClass: "com.alibaba.nacos.Nacos",
    logFile: join(home, "nacos.log"),
    otherLogs: [join(home, "logs", "nacos.log")],
  });
  const engine = runningEngine("nacos", [server], dataFolder);
  await orStopAll(engine, () =>
    server.untilReady(() => isServing(port, options.auth ?? false), options.timeoutMs ?? 150_000),
  );
  return { ...engine, name: "nacos", host: "127.0.0.1", port, address: `127.0.0.1:${port}` };
}
