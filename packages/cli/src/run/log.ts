import { createLogger } from "@mecha/runtime";

/** What the command says of itself. */
export interface Log {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/** Makes the log of the command, in the form of the runtime's. */
export function createLog(level: "debug" | "info" | "warn" | "error"): Log {
  return createLogger("run", { level });
}
