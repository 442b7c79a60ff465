import { componentYaml, daprApiSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { embeddedRun, openEmbeddedTarget } from "./dapr-api-endpoint.js";

describeWith(["redis"], "actors and jobs kept in Redis", (on) => {
  const open = () =>
    openEmbeddedTarget(({ transport }) => ({ transport }), {
      "state.yaml": componentYaml("store", "state.redis", { redisHost: on.redis.address, actorStateStore: "true" }),
    });
  daprApiSuite(test, open, { components: {}, services: ["actors", "jobs"], supports: embeddedRun.supports });
});
