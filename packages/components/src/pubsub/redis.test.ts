import { pubSubSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";

describeWith("redis", "pubsub.redis", (on) => {
  const open = () =>
    component.create(
      testContext("pubsub.redis", {
        redisHost: on.redis.address,
        "mecha.redeliverInterval": "5ms",
        processingTimeout: "2s",
        redeliverInterval: "100",
      }),
    );
  pubSubSuite(test, open, { features: ["BULK_PUBLISH"], contentType: false });
});
