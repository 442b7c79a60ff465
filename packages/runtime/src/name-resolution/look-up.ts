import { lookup, type Resolver } from "node:dns/promises";

/** What DNS, or the system's own list of hosts, knows of a name. Each rejects with an error that has a `code`. */
export interface LookUp {
  readonly addresses: (host: string) => Promise<readonly string[]>;
  /** Hosts with ports; absent where such are not asked for. */
  readonly services?: (name: string) => Promise<readonly { readonly name: string; readonly port: number }[]>;
}

/** As the system does it: its list of hosts first. */
export const systemLookUp: LookUp = {
  addresses: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
};

/** By DNS servers alone. */
export function lookUpBy(resolver: Resolver): LookUp {
  return {
    async addresses(host) {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const found = [v4, v6].flatMap((result) => (result.status === "fulfilled" ? result.value : []));
      if (found.length === 0 && v4.status === "rejected") throw v4.reason;
      return found;
    },
    services: (name) => resolver.resolveSrv(name),
  };
}
