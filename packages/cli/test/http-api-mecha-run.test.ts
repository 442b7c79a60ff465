import { httpApiSuite, type HttpApiTarget, suiteComponents, suiteFiles } from "@mecha/conformance";
import * as test from "vitest";
import { startMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

async function open(appPort: number): Promise<HttpApiTarget> {
  const folder = await createRunFolder(suiteComponents, suiteFiles);
  const mecha = startMecha(["run", "--app-id", "http-suite-app", "--app-port", String(appPort)], { cwd: folder.path });
  await mecha.said("the app answers");
  return {
    address: await mecha.httpAddress(),
    appId: "http-suite-app",
    writeConfiguration: (key, value) => folder.replace(`settings/${key}`, value),
    async close() {
      await mecha.stop();
      await folder.remove();
    },
  };
}

test.describe("mecha run, over HTTP", () => {
  httpApiSuite(test, open, {
    components: {
      state: "store",
      pubsub: "events",
      configuration: "settings",
      binding: "files",
      secrets: "vault",
      lock: "locks",
      crypto: "keys",
      conversation: "talk",
    },
    transactionConflictStatus: 409,
    fullDuplex: true,
    stateQueries: true,
    subtleCrypto: true,
  });
});
