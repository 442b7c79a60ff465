export { nameResolvers, type NameResolverImport } from "./name-resolvers.js";
export { catalogue, type ComponentImport } from "./catalogue.js";
