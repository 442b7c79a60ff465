import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { root } from "../workspace.js";
import { measure } from "./measure.js";
import { writePage } from "./write-page.js";

const page = join(root, "docs/reference/redis-commands.md");
await using redis = await startRedis();
writeFileSync(page, writePage(await measure(redis)));
process.stdout.write(`${page}\n`);
// What a client left open must not keep the tool from ending.
process.exit();
