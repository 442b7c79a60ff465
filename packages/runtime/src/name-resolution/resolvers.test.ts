import { nameResolverSuite, suitePort } from "@mecha/conformance";
import type { AppInstance, NameResolver, NameResolverDefinition } from "@mecha/spec";
import * as test from "vitest";
import { startDnsServer } from "../../test/dns-server.js";
import { silentLogger } from "../../test/silent-logger.js";
import { nameResolver as dns } from "./dns-resolver.js";
import { nameResolver as list } from "./static-resolver.js";

function open(
  { create }: NameResolverDefinition,
  configuration: Readonly<Record<string, unknown>>,
): Promise<NameResolver> {
  return create({ type: "under-test", configuration, appId: "asking", logger: silentLogger });
}

/** What all instances of one name have, by that name. */
function byName<T>(
  known: readonly AppInstance[],
  nameOf: (one: AppInstance) => string,
  toValue: (one: AppInstance) => T,
) {
  const names = new Set(known.map(nameOf));
  return Object.fromEntries(
    [...names].map((name) => [name, known.filter((one) => nameOf(one) === name).map(toValue)] as const),
  );
}

const hostOf = ({ appId, namespace }: AppInstance): string => `${appId}.${namespace}.internal`;

test.describe("static", () => {
  nameResolverSuite(
    test,
    (known) =>
      open(list, {
        apps: byName(
          known,
          ({ appId, namespace }) => (namespace === "default" ? appId : `${appId}.${namespace}`),
          ({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${String(port)}`,
        ),
      }),
    { registration: false, namespaces: true, ports: true, ipv6: true },
  );
});

test.describe("dns by hosts", () => {
  nameResolverSuite(
    test,
    async (known) => {
      const servers = await startDnsServer({ addresses: byName(known, hostOf, ({ host }) => host) });
      return open(dns, { format: `{appid}.{namespace}.internal:${String(suitePort)}`, servers });
    },
    { registration: false, namespaces: true, ports: false, ipv6: false },
  );
});

test.describe("dns by services", () => {
  nameResolverSuite(
    test,
    async (known) => {
      const targetOf = ({ host }: AppInstance): string => `${host.replaceAll(".", "-")}.internal`;
      const servers = await startDnsServer({
        addresses: byName(known, targetOf, ({ host }) => host),
        services: byName(
          known,
          (one) => `_dapr._tcp.${hostOf(one)}`,
          (one) => ({ port: one.port, target: targetOf(one) }),
        ),
      });
      return open(dns, { format: "_dapr._tcp.{appid}.{namespace}.internal", servers });
    },
    { registration: false, namespaces: true, ports: true, ipv6: false },
  );
});
