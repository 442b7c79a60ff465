import { join } from "node:path";
import { type ProgramUnderTest, startProgram } from "@mecha/conformance";

/** Starts child.ts with the environment of this process. */
export function runChild(kind: "drop-in" | "original", scenario: string, nameServer: string): ProgramUnderTest {
  return startProgram({
    program: join(import.meta.dirname, "child.ts"),
    args: [kind, scenario, nameServer],
    cwd: join(import.meta.dirname, ".."),
  });
}
