import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Runs the measurement; progress goes straight to stderr. */
// eslint-disable-next-line no-restricted-syntax -- vitest reads a configuration from the default export.
export default defineConfig({
  ssr: {
    resolve: {
      conditions: ["@mecha/source", "module", "node", "import", "default"],
      externalConditions: ["@mecha/source"],
    },
  },
  test: {
    root: import.meta.dirname,
    include: ["measure-engines.ts"],
    globalSetup: [join(import.meta.dirname, "../../engines/src/vitest-global-setup.ts")],
    disableConsoleIntercept: true,
  },
});
