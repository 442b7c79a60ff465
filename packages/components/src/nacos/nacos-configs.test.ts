import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "../configuration/nacos.js";

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A Nacos that is writing the item while it is asked the first times. */
async function startWritingServer(refusals: number) {
  let reads = 0;
  const server = createServer((request, response) => {
    if (request.url?.includes("dataId=rules") !== true) response.writeHead(404).end("config data not exist");
    else if (reads++ < refusals) response.writeHead(409).end("requested file is being modified, please try later.");
    else response.end("content");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  // A server that listens on TCP has an address with a port.
  const serverAddr = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = await component.create(testContext("configuration.nacos", { serverAddr }));
  cleanups.push(() => store.close?.());
  return store;
}

describe("a read while Nacos writes the item", () => {
  it("asks again until the item is written", async () => {
    const store = await startWritingServer(3);
    expect((await store.get(["shop/rules"])).get("shop/rules")?.value).toBe("content");
  });

  it("gives up when the writing does not end", async () => {
    const store = await startWritingServer(Infinity);
    await expect(store.get(["shop/rules"])).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("ends when it is cancelled", async () => {
    const store = await startWritingServer(Infinity);
    await expect(store.get(["shop/rules"], { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });
});
