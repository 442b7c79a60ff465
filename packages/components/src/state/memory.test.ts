import { stateStoreSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";

test.describe("state.in-memory", () => {
  stateStoreSuite(test, () => component.create(testContext("state.in-memory", {})), {
    features: ["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API"],
    foreignEtag: "987654321",
    etagsNeverRepeat: true,
  });
});
