import { pubSubSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";

test.describe("pubsub.in-memory", () => {
  pubSubSuite(test, () => component.create(testContext("pubsub.in-memory", { "mecha.redeliverInterval": "10ms" })), {
    features: ["BULK_PUBLISH", "ORDERED", "SUBSCRIBE_WILDCARDS"],
    contentType: true,
  });
});
