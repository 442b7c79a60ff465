import { join } from "node:path";
import { type ProgramUnderTest, startProgram } from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";

/** What a client process is told. */
export interface ClientScenario {
  readonly kind: "drop-in" | "original";
  /** One of the names in liveness-child.ts. */
  readonly scenario: string;
  readonly serverAddr: string;
  readonly cacheDir: string;
}

/** Starts liveness-child.ts. The original's shared port is a free one, not this machine's 7777. */
export async function runClient({ kind, scenario, serverAddr, cacheDir }: ClientScenario): Promise<ProgramUnderTest> {
  return startProgram({
    program: join(import.meta.dirname, "liveness-child.ts"),
    args: [kind, scenario, serverAddr, cacheDir],
    cwd: join(import.meta.dirname, ".."),
    environment: { NODE_CLUSTER_CLIENT_PORT: String(await freePortFamily([0])) },
  });
}
