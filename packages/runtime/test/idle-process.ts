import { daprMethods } from "@mecha/sdk-core/protocol";
import { createRuntime } from "../src/runtime.js";

/** Opens a runtime and a subscription, and does nothing to stay alive. */
const [folder = ""] = process.argv.slice(2);
const { transport } = await createRuntime({ appId: "idle", resourcesPaths: [folder], baseFolder: folder });

async function* requests() {
  yield {
    subscribeTopicEventsRequestType: {
      $case: "initialRequest" as const,
      value: { pubsubName: "events", topic: "paid", metadata: {} },
    },
  };
  await new Promise(() => undefined);
}

const responses = transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests())[Symbol.asyncIterator]();
await responses.next();
void responses.next();
process.disconnect();
