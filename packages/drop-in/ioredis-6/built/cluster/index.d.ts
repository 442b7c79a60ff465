export { Cluster as default } from "../../dist/cjs/index.js";
export type * from "ioredis-6-upstream/built/cluster/index.js";
