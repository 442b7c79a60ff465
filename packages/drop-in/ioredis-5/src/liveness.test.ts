import { childRunner } from "../test/child.js";
import { livenessSuite } from "../test/liveness-suite.js";

livenessSuite(
  childRunner({
    names: "Redis",
    original: "ioredis-upstream",
    "drop-in": new URL("./redis.ts", import.meta.url).href,
    folder: import.meta.dirname,
  }),
);
