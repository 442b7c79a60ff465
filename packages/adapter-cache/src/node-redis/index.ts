export { clientOptions, clusterOptions, sentinelOptions } from "./client-options.js";
export { registerDropIn } from "@mecha/adapter-kit";
