import { registerDropIn } from "@mecha/adapter-cache/ioredis";
import { Redis as Upstream } from "ioredis-6-upstream";

export type * from "ioredis-6-upstream";
export { Redis as default, Redis } from "./redis.js";
export { Cluster } from "./cluster.js";
export {
  AbstractConnector,
  Command,
  Pipeline,
  print,
  ReplyError,
  ScanStream,
  SentinelConnector,
  SentinelIterator,
} from "ioredis-6-upstream";

registerDropIn({ name: "ioredis", replacement: "npm:@mecha/ioredis@^6.0.0", upstream: Upstream });
