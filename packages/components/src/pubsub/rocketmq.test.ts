import { pubSubSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

describeWith("rocketmq", "pubsub.rocketmq", (on) => {
  pubSubSuite(test, () => component.create(testContext("pubsub.rocketmq", { nameServer: on.rocketmq.nameServer })), {
    features: ["BULK_PUBLISH", "FILTER_TAG", "FILTER_SQL92", "DELAY"],
    contentType: false,
    emptyBody: false,
    deliveredWithinMs: 28_000,
    inboundName: (name) => (name === "rocketmq-tag" ? "TAGS" : name),
  });
});
