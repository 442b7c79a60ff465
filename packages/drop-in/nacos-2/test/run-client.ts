import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

/** A client in a process of its own. */
export interface ClientProcess {
  /** What it has said so far. */
  readonly lines: readonly string[];
  /** Resolves when it has done what its scenario says. */
  readonly ready: Promise<void>;
  /** Resolves with exit code, or `"alive"` if it is still running after this time. */
  exitWithin(ms: number): Promise<number | "alive">;
  kill(): Promise<void>;
}

/** What a client process is told. */
export interface ClientScenario {
  readonly kind: "drop-in" | "original";
  /** One of the names in liveness-child.ts. */
  readonly scenario: string;
  readonly serverAddr: string;
  readonly cacheDir: string;
}

/** Starts liveness-child.ts. The original's shared port is a free one, not this machine's 7777. */
export async function runClient({ kind, scenario, serverAddr, cacheDir }: ClientScenario): Promise<ClientProcess> {
  const program = join(import.meta.dirname, "liveness-child.ts");
  const child: ChildProcess = spawn(
    process.execPath,
    ["--conditions=@mecha/source", "--import", "tsx", program, kind, scenario, serverAddr, cacheDir],
    {
      cwd: join(import.meta.dirname, ".."),
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_CLUSTER_CLIENT_PORT: String(await freePort()) },
    },
  );
  const lines: string[] = [];
  const exited = once(child, "exit").then(([code]) => (code as number | null) ?? -1);
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      lines.push(line);
      if (line === "ready") resolve();
    });
    exited
      .then((code) =>
        setImmediate(() =>
          reject(new Error(`"${scenario}" of the ${kind} ended with code ${code} before it was ready`)),
        ),
      )
      .catch(reject);
  });
  ready.catch(() => undefined); // whoever waits for it hears of it
  return {
    lines,
    ready,
    async exitWithin(ms) {
      const timer = new AbortController();
      // A timer of its own: a combined signal does not keep its timeout, which the collector may take before it fires.
      const tooLong = delay(ms, "alive" as const, { signal: timer.signal });
      tooLong.catch(() => undefined); // ended by what came first
      const result = await Promise.race([exited, tooLong]);
      timer.abort();
      return result;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
