export { Cluster as default } from "../../dist/cjs/index.js";
export type * from "ioredis-upstream/built/cluster/index.js";
