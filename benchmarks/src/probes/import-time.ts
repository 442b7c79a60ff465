import { createRequire } from "node:module";
import { readInput, say } from "./probe-io.js";

/** What the import probe is told. */
export interface ImportInput {
  readonly client: string;
}

const require = createRequire(__filename);
const { client } = readInput<ImportInput>();
const start = performance.now();
require(client);
say({ ms: performance.now() - start });
