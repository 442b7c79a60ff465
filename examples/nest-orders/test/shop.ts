import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunningApp } from "./running-app.js";

/** The environment variables that say where each app's sidecar is; without them the runtime is embedded. */
function sidecarOf(name: string): NodeJS.ProcessEnv {
  const of = (setting: string): string | undefined => process.env[`${name.toUpperCase()}_${setting}`];
  return {
    PORT: of("PORT"),
    DAPR_GRPC_PORT: of("DAPR_GRPC_PORT"),
    DAPR_HTTP_PORT: of("DAPR_HTTP_PORT"),
    APP_PROTOCOL: of("DAPR_GRPC_PORT") === undefined ? undefined : "http",
  };
}

/** Both apps, with a folder of their own. */
export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), "nest-orders-"));
  readonly #running = new Set<RunningApp>();

  /** Starts one of the apps. */
  async start(name: "orders" | "inventory", env: NodeJS.ProcessEnv = {}): Promise<RunningApp> {
    const app = await RunningApp.start(name, this.folder, {
      DAPR_RESOURCES_PATHS: join(__dirname, "../components"),
      MECHA_NAMESPACE: this.folder.split("/").at(-1),
      PARTNER_KEY: "open sesame",
      ...sidecarOf(name),
      ...env,
    });
    this.#running.add(app);
    return app;
  }

  /** What somebody outside does who changes a value of the configuration. */
  async set(key: string, value: string): Promise<void> {
    const redis = process.env["SETTINGS_REDIS"];
    if (redis === undefined) {
      mkdirSync(join(this.folder, ".mecha/settings"), { recursive: true });
      writeFileSync(join(this.folder, ".mecha/settings", key), value);
    } else {
      await setInRedis(redis, key, `${value}||${Date.now()}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((app) => app.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function setInRedis(address: string, key: string, value: string): Promise<void> {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).once("data", () => resolve());
      socket.write(`*3\r\n${["SET", key, value].map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
    });
  } finally {
    socket.destroy();
  }
}
