import { join } from "node:path";
import { type ProgramUnderTest, startProgram } from "@mecha/conformance";

/** What a child is told besides its scenario. */
export interface ChildOptions {
  /** Port of the original's provider. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts child.ts, a client or a server, with the environment of this process. */
export function runChild(
  kind: "drop-in" | "original",
  scenario: string,
  { port = 0, environment = {} }: ChildOptions = {},
): ProgramUnderTest {
  return startProgram({
    program: join(import.meta.dirname, "child.ts"),
    args: [kind, scenario, String(port)],
    cwd: join(import.meta.dirname, ".."),
    environment,
  });
}
