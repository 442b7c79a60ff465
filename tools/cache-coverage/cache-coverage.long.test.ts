import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { root } from "../workspace.js";
import { measure } from "./measure.js";
import { writePage } from "./write-page.js";

describeWith("redis", "the page of commands", () => {
  it("says what calls through the drop-ins give; npm run coverage:cache writes it", { timeout: 400_000 }, async () => {
    // One of its own: it is emptied all the time.
    await using redis = await startRedis();
    const page = readFileSync(join(root, "docs/reference/redis-commands.md"), "utf8");
    expect(writePage(await measure(redis))).toBe(page);
  });
});
