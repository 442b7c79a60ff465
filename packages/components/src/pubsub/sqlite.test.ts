import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pubSubSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

const baseFolder = mkdtempSync(join(tmpdir(), "mecha-pubsub-sqlite-"));
test.afterAll(() => {
  rmSync(baseFolder, { recursive: true });
});

test.describe("pubsub.sqlite", () => {
  pubSubSuite(
    test,
    () => component.create(testContext("pubsub.sqlite", { redeliverInterval: "10ms" }, { baseFolder })),
    {
      features: ["BULK_PUBLISH", "ORDERED"],
      contentType: true,
    },
  );
});
