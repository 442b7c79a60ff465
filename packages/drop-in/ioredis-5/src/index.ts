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
