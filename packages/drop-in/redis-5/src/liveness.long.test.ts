import { childRunner } from "../../ioredis-5/test/child.js";
import { livenessSuite } from "../../redis-5/test/liveness-suite.js";

livenessSuite(
  childRunner({
    names: "createClient",
    original: "redis-5-upstream",
    "drop-in": new URL("./index.ts", import.meta.url).href,
    folder: import.meta.dirname,
  }),
);
