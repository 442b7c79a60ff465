export { default } from "../dist/cjs/index.js";
