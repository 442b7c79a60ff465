/** What one package, named by its folder, may do. */
export interface Rule {
  /** Our packages that its sources may import statically or dynamically. */
  readonly imports: readonly string[];
  /** Our packages that stand in its package.json without being imported, and why the table allows it. */
  readonly alsoDependsOn?: readonly string[];
  /** Our packages that may be loaded by `import()` only; a type import, which leaves nothing at run time, is fine. */
  readonly dynamicOnly?: readonly string[];
}

const adapter: Rule = {
  imports: ["@mecha/adapter-kit", "@mecha/sdk-core", "@mecha/spec"],
  alsoDependsOn: ["@mecha/runtime"],
};

function dropIn(adapterName: string): Rule {
  return { imports: [adapterName], alsoDependsOn: ["@mecha/runtime"] };
}

/** "Who may import whom": a package that is not named here is an error, so that a new one gets its rule first. */
export const rules: Readonly<Record<string, Rule>> = {
  "packages/spec": { imports: [] },
  "packages/sdk-core": { imports: ["@mecha/spec"], dynamicOnly: ["@mecha/runtime"] },
  "packages/conformance": { imports: ["@mecha/spec", "@mecha/sdk-core"] },
  // The runtime as optional peer, passed on: under Yarn's PnP every package between drop-in and sdk-core must name it.
  "packages/adapter-kit": { imports: ["@mecha/spec", "@mecha/sdk-core"], alsoDependsOn: ["@mecha/runtime"] },
  "packages/components": { imports: ["@mecha/spec"] },
  // Components are loaded lazily by the registry, so that an unused client costs nothing.
  "packages/runtime": { imports: ["@mecha/spec", "@mecha/sdk-core"], dynamicOnly: ["@mecha/components"] },
  "packages/sdk-nest": { imports: ["@mecha/spec", "@mecha/sdk-core"], dynamicOnly: ["@mecha/runtime"] },
  "packages/cli": {
    imports: [
      "@mecha/adapter-cache",
      "@mecha/adapter-kit",
      "@mecha/components",
      "@mecha/runtime",
      "@mecha/sdk-core",
      "@mecha/spec",
    ],
  },
  "packages/adapter-cache": adapter,
  "packages/adapter-mq": adapter,
  "packages/adapter-config": adapter,
  "packages/adapter-rpc": adapter,
  "packages/drop-in/ioredis-5": dropIn("@mecha/adapter-cache"),
  "packages/drop-in/ioredis-6": dropIn("@mecha/adapter-cache"),
  "packages/drop-in/redis-4": dropIn("@mecha/adapter-cache"),
  "packages/drop-in/redis-5": dropIn("@mecha/adapter-cache"),
  "packages/drop-in/redis-6": dropIn("@mecha/adapter-cache"),
  "packages/drop-in/nacos-2": dropIn("@mecha/adapter-config"),
  "packages/drop-in/ali-ons-3": dropIn("@mecha/adapter-mq"),
  "packages/drop-in/sofa-rpc-node-2": dropIn("@mecha/adapter-rpc"),
};
