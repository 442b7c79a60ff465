import { registerDropIn } from "@mecha/adapter-cache/ioredis";
import { Redis as Upstream } from "ioredis-upstream";

export type * from "ioredis-upstream";
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
} from "ioredis-upstream";

registerDropIn({ name: "ioredis", replacement: "npm:@mecha/ioredis@^5.11.0", upstream: Upstream });
