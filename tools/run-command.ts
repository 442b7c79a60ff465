import { spawn } from "node:child_process";
import { root } from "./workspace.js";

export interface CommandOptions {
  /** @defaultValue the root of the checkout */
  readonly cwd?: string;
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** After this the command is killed. @defaultValue ten minutes */
  readonly timeoutMs?: number;
}

/** What a command left. */
export interface CommandResult {
  /** The exit code; 1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** Both streams in the order in which they came. */
  readonly output: string;
}

/** Runs a command to its end and gives what it printed; a non-zero exit is a result, not an error. */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 600_000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 1, stdout, output });
    });
  });
}

/** Runs a command to its end and gives its stdout; a non-zero exit is an error that carries everything it printed. */
export async function runCommand(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const result = await tryCommand(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${result.code}:\n${result.output}`);
}
