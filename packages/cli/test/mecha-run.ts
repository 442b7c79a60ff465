import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

/** A `mecha run` in a process of its own. */
export interface RunningMecha {
  /** What it and its app have said so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line that has these words; rejects if the process ends before. */
  said(words: string | RegExp): Promise<string>;
  /** Address of the HTTP API, `http://127.0.0.1:…`. */
  httpAddress(): Promise<string>;
  /** Address of the gRPC API, `127.0.0.1:…`. */
  grpcAddress(): Promise<string>;
  /** Resolves with the exit code, `undefined` if a signal ended it. */
  readonly ended: Promise<number | undefined>;
  signal(name: NodeJS.Signals): void;
  /** Ends it, if it is still there. */
  stop(): Promise<void>;
}

/** How a `mecha run` is started. */
export interface MechaRunOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const program = join(import.meta.dirname, "../src/main.ts");

/** Starts the command on the sources of this workspace. */
export function startMecha(args: readonly string[], { cwd, environment }: MechaRunOptions): RunningMecha {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--conditions=@mecha/source", "--import", loader, program, ...args],
    {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      // A folder of its own leaves nothing behind among the user's.
      env: { ...process.env, MECHA_RUNTIME_DIR: join(cwd, "run"), ...environment },
    },
  );
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const read = async (stream: Readable | null): Promise<void> => {
    if (stream === null) return;
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      tell();
    }
  };
  const allRead = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = once(child, "exit").then(async ([code]) => {
    await allRead;
    return (code as number | null) ?? undefined;
  });
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
    tell();
  });
  const said = (words: string | RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((line) => (typeof words === "string" ? line.includes(words) : words.test(line)));
        if (found === undefined && !hasEnded) return;
        listeners.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`mecha ended before it said "${String(words)}", but said:\n${lines.join("\n")}`));
      };
      listeners.add(look);
      look();
    });
  return {
    lines,
    said,
    ended,
    httpAddress: async () => /HTTP API on (\S+?),/u.exec(await said("HTTP API on "))?.[1] ?? "",
    grpcAddress: async () => /gRPC API on (\S+)/u.exec(await said("gRPC API on "))?.[1] ?? "",
    signal: (name) => void child.kill(name),
    async stop() {
      if (!hasEnded) child.kill("SIGTERM");
      await ended;
    },
  };
}
