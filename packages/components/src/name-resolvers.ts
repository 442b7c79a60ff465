import type { NameResolverDefinition } from "@mecha/spec";

/** Loads the module that implements one way to find apps. */
export type NameResolverImport = () => Promise<{ readonly nameResolver: NameResolverDefinition }>;

/** Name resolvers with a backend of their own, by `spec.nameResolution.component`; each is loaded when a Configuration names it. */
export const nameResolvers: Readonly<Record<string, NameResolverImport>> = {
  nacos: () => import("./nameresolution/nacos.js"),
};
