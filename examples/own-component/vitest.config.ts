import { defineConfig } from "vitest/config";

// The suite counts to some hundreds against the backend, which takes its time on a busy machine.
export default defineConfig({ test: { testTimeout: 60_000 } });
