import { nameResolverSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { nameResolver } from "./nacos.js";

const logger = { debug() {}, info() {}, warn() {}, error() {} };

describeWith("nacos", "nacos", (on) => {
  nameResolverSuite(
    test,
    async (known) => {
      const configuration = { serverAddr: on.nacos.address, group: "mecha-suite" };
      const resolver = await nameResolver.create({ type: "nacos", configuration, appId: "asking", logger });
      const leaves = await Promise.all(known.map(async (one) => resolver.register?.(one)));
      return {
        ...resolver,
        async close() {
          await Promise.all(leaves.splice(0).map(async (leave) => leave?.()));
          await resolver.close?.();
        },
      };
    },
    { registration: true, namespaces: false, ports: true, ipv6: true },
  );
});
