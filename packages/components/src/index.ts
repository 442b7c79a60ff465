export { catalogue, type ComponentImport } from "./catalogue.js";
