import { callCounter } from "../src/statistics/call-statistics.js";

/** Run as a process of its own by call-statistics.test.ts: counts three calls, then ends as its argument says. */
const target = { adapter: "mq", component: "events", type: "pubsub.x", backend: "b" } as const;
callCounter(target)?.record("send", 10);
callCounter(target)?.record("send", 20);
callCounter(target)?.record("deliver", 30);
if (process.argv[2] === "exit") process.exit(3);
if (process.argv[2] === "throw") throw new Error("on purpose");
