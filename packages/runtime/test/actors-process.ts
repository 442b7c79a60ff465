import { createRuntime } from "../src/runtime.js";

/** A process of an app that takes jobs and reports the name of each, for tests. It reports `ready` first. */
const [folder = ""] = process.argv.slice(2);

const runtime = await createRuntime({ appId: "shop", resourcesPaths: [folder], baseFolder: folder });
await runtime.attachApp({
  job: async ({ name }) => {
    process.send?.(name);
    return {};
  },
});
process.send?.("ready");
process.on("message", () => undefined);
