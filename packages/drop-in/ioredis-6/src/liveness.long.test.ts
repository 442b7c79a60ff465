import { childRunner } from "../../ioredis-5/test/child.js";
import { livenessSuite } from "../../ioredis-5/test/liveness-suite.js";

livenessSuite(
  childRunner({
    names: "Redis",
    original: "ioredis-6-upstream",
    "drop-in": new URL("./redis.ts", import.meta.url).href,
    folder: import.meta.dirname,
  }),
);
