import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type Mecha } from "@mecha/sdk-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeRequest, decodeResponse } from "./envelope/rpc-envelope.js";
import { createRpcInvoker, type RpcCall, type RpcInvoker } from "./invoker.js";
import { provideService } from "./provider.js";
import { invocationMethod, parseInvocationMethod, serviceId } from "./service-name.js";

let folder: string;
let invoker: RpcInvoker;
const withdrawals: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-rpc-"));
  vi.stubEnv("DAPR_RESOURCES_PATHS", folder);
  vi.stubEnv("APP_ID", "inventory");
  vi.stubEnv("MECHA_NAMESPACE", folder);
  invoker = createRpcInvoker();
});
afterEach(async () => {
  await invoker.close();
  await Promise.all(withdrawals.splice(0).map((withdraw) => withdraw()));
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const provide = async (...args: Parameters<typeof provideService>) => {
  const withdraw = await provideService(...args);
  withdrawals.push(withdraw);
  return withdraw;
};
const call = (more: Partial<RpcCall> = {}): RpcCall => ({
  interfaceName: "com.acme.Stock",
  version: "1.0",
  group: "SOFA",
  method: "reserve",
  args: ["a-1", new Date(5)],
  properties: { trace: "1" },
  timeoutMs: 2_000,
  targetAppName: "inventory",
  ...more,
});

describe("a service", () => {
  it("gets service, method, arguments and properties, and its answer arrives", async () => {
    await provide("com.acme.Stock:1.0", async ({ service, method, args, properties, group, timeoutMs }) => ({
      resultCode: "00",
      result: { service, method, args, properties, group, timeoutMs },
    }));
    expect(await invoker.invoke(call({ method: "a/b ü" }))).toEqual({
      resultCode: "00",
      result: {
        ...{ service: "com.acme.Stock:1.0", method: "a/b ü", args: ["a-1", new Date(5)] },
        ...{ properties: { trace: "1" }, group: "SOFA", timeoutMs: 2_000 },
      },
    });
  });

  it("shares its process with others, and is gone when the last is withdrawn", async () => {
    const answer = (name: string) => async () => ({ resultCode: "00", result: name });
    const one = await provide("one:1.0", answer("one"));
    await provide("two:1.0", answer("two"));
    const results = [
      await invoker.invoke(call({ interfaceName: "one" })),
      await invoker.invoke(call({ interfaceName: "two" })),
    ];
    expect(results.map(({ result }) => result)).toEqual(["one", "two"]);
    await Promise.all([one(), one()]);
    expect((await invoker.invoke(call({ interfaceName: "two" }))).result).toBe("two");
    await Promise.all(withdrawals.splice(0).map((withdraw) => withdraw()));
    await expect(invoker.invoke(call({ interfaceName: "two" }))).rejects.toMatchObject({ name: "MechaError" });
    await provide("two:1.0", answer("again"));
    expect((await invoker.invoke(call({ interfaceName: "two" }))).result).toBe("again");
  });

  it("is told when its caller gave up", async () => {
    let aborted = false;
    await provide("com.acme.Stock:1.0", async ({ signal }) => {
      await delay(10_000, undefined, { signal }).catch(() => (aborted = true));
      return { resultCode: "00", result: null };
    });
    await expect(invoker.invoke(call({ timeoutMs: 50 }))).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await expect.poll(() => aborted).toBe(true);
  });

  it("can be provided again after wrong settings kept it from it", async () => {
    await writeFile(join(folder, "broken.yaml"), "kind: [");
    const handler = async () => ({ resultCode: "00", result: 1 });
    await expect(provide("com.acme.Stock:1.0", handler)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    await rm(join(folder, "broken.yaml"));
    await provide("com.acme.Stock:1.0", handler);
    expect((await invoker.invoke(call())).result).toBe(1);
  });
});

it("says which rule is missing, and refuses calls of other kinds", async () => {
  const { targetAppName: _unnamed, ...nobody } = call();
  await expect(invoker.invoke(nobody)).rejects.toThrow(
    'rpc: [{ match: { interface: "com.acme.Stock" }, app: APP_ID }]',
  );
  await provide("com.acme.Stock:1.0", async () => ({ resultCode: "00", result: 1 }));
  const mecha: Mecha = await connect();
  for (const method of ["health", "rpc/com.acme.Stock:1.0/%E0%A4%A"])
    await expect(mecha.app("inventory").invoke(method)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(mecha.app("inventory").invoke("rpc/com.acme.Stock:1.0/x", { formatVersion: 9 })).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("format 9") as unknown,
  });
  await mecha.close();
});

it("names services and methods so that they can be read back", () => {
  expect(serviceId({ interfaceName: "a.B", version: "1.0", uniqueId: "x" })).toBe("a.B:1.0:x");
  expect(parseInvocationMethod(invocationMethod("a.B:1.0", "m/ü%"))).toEqual({ service: "a.B:1.0", method: "m/ü%" });
  expect(parseInvocationMethod("rpc/a")).toBeUndefined();
});

it("refuses envelopes that are none", () => {
  for (const envelope of [null, [], 1]) expect(() => decodeRequest(envelope)).toThrow("without a proper envelope");
  expect(() => decodeRequest({ formatVersion: 1 })).toThrow("without a proper args");
  expect(() => decodeResponse({ formatVersion: 1 })).toThrow("without a proper resultCode");
});
