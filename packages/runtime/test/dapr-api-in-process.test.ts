import { componentYaml, daprApiSuite, suiteRun } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { durable, openEmbeddedTarget } from "./dapr-api-endpoint.js";
import { encodingTransport } from "./encoding-transport.js";

test.describe("in-process", () => {
  daprApiSuite(test, () => openEmbeddedTarget(({ transport }) => ({ transport })), suiteRun);
});

test.describe("in-process, with every message encoded, decoded and frozen", () => {
  daprApiSuite(
    test,
    () => openEmbeddedTarget(({ transport }) => ({ transport: encodingTransport(transport) })),
    suiteRun,
  );
});

test.describe("in-process, on components that keep their data in files", () => {
  daprApiSuite(test, () => openEmbeddedTarget(({ transport }) => ({ transport }), durable), suiteRun);
});

test.describe("in-process", () => {
  describeWith("redis", "on Redis", (on) => {
    const open = () => {
      const redisHost = on.redis.address;
      return openEmbeddedTarget(({ transport }) => ({ transport }), {
        ...durable,
        "pubsub.yaml": componentYaml("events", "pubsub.redis", { redisHost, "mecha.redeliverInterval": "50ms" }),
      });
    };
    daprApiSuite(test, open, suiteRun);
  });
});
