export { describeWith } from "./describe-engine.js";
export { engine, engineStartMs } from "./shared-engine.js";
