import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateStoreSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

for (const disableWAL of ["false", "true"]) {
  test.describe(`state.sqlite with disableWAL ${disableWAL}`, () => {
    const baseFolder = mkdtempSync(join(tmpdir(), "mecha-state-sqlite-"));
    const metadata = { connectionString: "data/state.db", disableWAL };
    test.afterAll(() => {
      rmSync(baseFolder, { recursive: true });
    });

    stateStoreSuite(test, () => component.create(testContext("state.sqlite", metadata, { baseFolder })), {
      features: ["ETAG", "TRANSACTIONAL", "TTL"],
      foreignEtag: "00000000-0000-4000-8000-000000000000",
      etagsNeverRepeat: true,
    });
  });
}
