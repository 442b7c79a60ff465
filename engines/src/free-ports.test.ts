import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { freePortFamily, isPortFree } from "./free-ports.js";

test("finds a base whose whole family is free, below the ports that systems hand out", async () => {
  const base = await freePortFamily([0, 8, 21]);
  expect(base).toBeGreaterThan(11_000);
  expect(base).toBeLessThan(32_768 - 1001);
  expect(await Promise.all([base, base + 8, base + 21].map(isPortFree))).toEqual([true, true, true]);
});

test("refuses a family of which one port is taken, and names that port", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  await expect(freePortFamily([0, 10], port - 10)).rejects.toThrow(`port ${port} is taken`);
  await new Promise((resolve) => server.close(resolve));
});
