import { expect, it } from "vitest";

/** A client of several nodes, as far as these tests use one. */
export interface NodesClient {
  connect(): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
}

/** What a cluster of node-redis does here: it finds one node, which is the runtime. */
export function clusterBehaviour<Client extends NodesClient>(
  create: (options: object) => Client,
  end: (client: Client) => unknown,
): void {
  it("has a cluster find one node for all slots", async () => {
    const cluster = create({
      rootNodes: [{ url: "redis://app:secret@tair.example:7000" }, { socket: { host: "tair-2.example", port: 7001 } }],
      defaults: { password: "secret", socket: { tls: true } },
    });
    cluster.on("error", () => undefined);
    await cluster.connect();
    await Promise.all(["a", "b", "c"].map((name) => cluster.set(`cluster:${name}`, name)));
    expect(await Promise.all(["a", "b", "c"].map((name) => cluster.get(`cluster:${name}`)))).toEqual(["a", "b", "c"]);
    await end(cluster);
  });
}

/** What a client that asks sentinels does here: they all name the runtime as the master. */
export function sentinelBehaviour<Client extends NodesClient>(
  create: (options: object) => Client,
  end: (client: Client) => unknown,
): void {
  it("has sentinels name one master", async () => {
    const sentinel = create({
      name: "orders",
      sentinelRootNodes: [{ host: "sentinel.example", port: 26379 }],
      nodeClientOptions: { password: "secret" },
    });
    sentinel.on("error", () => undefined);
    await sentinel.connect();
    await sentinel.set("sentinel:a", "1");
    expect(await sentinel.get("sentinel:a")).toBe("1");
    await end(sentinel);
  });
}
