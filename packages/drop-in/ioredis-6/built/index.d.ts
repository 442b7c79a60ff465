export * from "../dist/cjs/index.js";
export { default } from "../dist/cjs/index.js";
