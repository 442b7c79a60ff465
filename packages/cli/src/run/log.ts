/** What the command says of itself. */
export interface Log {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/** Makes the log of the command, in the form of the runtime's. */
export function createLog(level: "debug" | "info" | "warn" | "error"): Log {
  const least = levels.indexOf(level);
  const write = (name: string) => (message: string) => {
    if (levels.indexOf(name) >= least) process.stderr.write(`[mecha] ${name} run: ${message}\n`);
  };
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

const levels: readonly string[] = ["debug", "info", "warn", "error"];
