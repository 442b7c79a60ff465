/** Plain HTTP calls to a real Nacos, which share no code with the components under test. */
export interface NacosHands {
  write(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  read(key: string): Promise<string | undefined>;
  /** Makes a namespace and answers its id. */
  createNamespace(id: string): Promise<void>;
}

/** Makes the calls to the Nacos at `host:port`; keys are `[tenant/]group/dataId`. */
export function nacosHands(address: string): NacosHands {
  const configs = `http://${address}/nacos/v1/cs/configs`;

  function query(key: string): URLSearchParams {
    const [dataId = "", group = "", tenant = ""] = key.split("/").reverse();
    return new URLSearchParams({ dataId, group, tenant });
  }

  async function expectOk(response: Response): Promise<void> {
    if (!response.ok) throw new Error(`Nacos answered ${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  }

  return {
    async write(key, value) {
      const body = query(key);
      body.set("content", value);
      await expectOk(await fetch(configs, { method: "POST", body }));
    },
    async remove(key) {
      await expectOk(await fetch(`${configs}?${query(key).toString()}`, { method: "DELETE" }));
    },
    async read(key) {
      const response = await fetch(`${configs}?${query(key).toString()}`);
      const text = await response.text();
      return response.ok ? text : undefined;
    },
    async createNamespace(id) {
      const body = new URLSearchParams({ customNamespaceId: id, namespaceName: id, namespaceDesc: "made by a test" });
      await expectOk(await fetch(`http://${address}/nacos/v1/console/namespaces`, { method: "POST", body }));
    },
  };
}
