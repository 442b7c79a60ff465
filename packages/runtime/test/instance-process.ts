import { MechaError } from "@mecha/spec";
import { createRuntime } from "../src/runtime.js";

/**
 * A process of an app, for tests: attaches an app that answers
 * - `who` with its pid, `fail` with an error, `hang` never (it reports `hanging` to its parent first),
 * - `offline` with an error that sounds as if the app itself were not there, `calls` with how often that was asked,
 * and reports `ready` to its parent. With `--idle` it does nothing to stay alive.
 */
let calls = 0;
const [appId = "", folder = "", ...flags] = process.argv.slice(2);

const runtime = await createRuntime({ appId, resourcesPaths: [folder], baseFolder: folder });
await runtime.attachApp({
  invoke: async ({ method }) => {
    if (method === "fail") throw new Error("broken on purpose");
    if (method === "offline") {
      calls++;
      throw new MechaError("UNAVAILABLE", 'Component "stock" does not answer: connect ECONNREFUSED 127.0.0.1:6379');
    }
    if (method === "hang") {
      process.send?.("hanging");
      await new Promise(() => undefined);
    }
    return {
      contentType: "text/plain",
      data: { typeUrl: "", value: Buffer.from(String(method === "calls" ? calls : process.pid)) },
    };
  },
});

if (flags.includes("--idle")) {
  process.disconnect();
} else {
  process.on("message", () => undefined);
  process.send?.("ready");
}
