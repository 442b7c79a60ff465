import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What came back over HTTP. */
export interface Answer {
  readonly status: number;
  // Tests say what they expect in it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

const json = { "content-type": "application/json" };

/** One of the two apps, as a process of its own. */
export class RunningApp {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  /** Starts `dist/<name>/main.js` and waits until it listens. */
  static async start(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<RunningApp> {
    const main = join(process.env["SHOP_DIST"] ?? join(__dirname, "../dist"), name, "main.js");
    const child = spawn(process.execPath, [main], { cwd: folder, env: { ...process.env, ...env }, stdio: "pipe" });
    const said: string[] = [];
    child.stderr?.on("data", (data: Buffer) => said.push(data.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      // Both streams are pipes.
      createInterface(child.stdout as NonNullable<typeof child.stdout>).on("line", (line) => {
        said.push(`${line}\n`);
        const [, found] = /listening on (http\S+?)(?:\x1b|$)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once("exit", (code, signal) =>
        reject(new Error(`${name} ended with ${code ?? signal}:\n${said.join("")}`)),
      );
    });
    return new RunningApp(child, url);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask("GET", path, { headers });
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask("POST", path, { body: JSON.stringify(body), headers: { ...json, ...headers } });
  }

  async put(path: string, body: unknown): Promise<Answer> {
    return this.ask("PUT", path, { body: JSON.stringify(body), headers: json });
  }

  /** Ends the process; it has ended when this resolves. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill(signal);
    await ended;
  }

  private async ask(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { method, ...init });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }
}
