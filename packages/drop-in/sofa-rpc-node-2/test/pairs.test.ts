import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as original from "sofa-rpc-node-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as dropIn from "../src/index.js";

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

/** Every kind of answer that a delegate can give. */
const delegate = {
  echo: async (...args: unknown[]) => Promise.resolve(args),
  business: async () => Promise.reject(new Error("no stock")),
  system: async () => Promise.reject(Object.assign(new Error("down"), { name: "SystemError" })),
  nothing: async () => Promise.resolve(),
  notAsync: () => 1,
  typed: async () => Promise.resolve({ $class: "com.acme.R", $: { a: 1, b: { $class: "java.lang.Long", $: "5" } } }),
  returnsError: async () => Promise.resolve(new Error("returned")),
  object: async () =>
    Promise.resolve({
      date: new Date(5),
      bytes: Buffer.from([0, 255]),
      n: 1.5,
      long: 12345678901,
      neg: -1,
      list: [1, { a: 2 }],
      t: true,
      nan: Number.NaN,
      map: new Map([["a", 1]]),
      u: undefined,
    }),
  slow: async () => delay(400, 1),
};
// The original takes only functions that are declared async.
for (const [name, method] of Object.entries(delegate)) {
  if (name !== "notAsync")
    Object.assign(delegate, {
      [name]: async (...args: unknown[]) => (method as (...args: unknown[]) => unknown)(...args),
    });
}

const args = [
  1,
  1.5,
  -7,
  "a",
  "",
  null,
  undefined,
  true,
  new Date(7),
  Buffer.from([0, 1, 255]),
  { a: 1, u: undefined },
  [1, [2]],
  { $class: "java.lang.Long", $: "77" },
  { $class: "com.acme.P", $: { x: 1, y: { $class: "java.math.BigDecimal", $: { value: "1.1" } } } },
  12345678901,
  new Map([["k", { v: 1 }]]),
];

interface Library {
  readonly client: { readonly RpcClient: new (options: object) => InstanceType<typeof original.client.RpcClient> };
  readonly server: { readonly RpcServer: new (options: object) => InstanceType<typeof original.server.RpcServer> };
}

interface Consumer {
  ready(): Promise<void>;
  invoke(method: string, args: unknown, options?: object): Promise<unknown>;
}

/** A provider and a consumer of one library, with what the library's events said. */
async function setUp({ client: { RpcClient }, server: { RpcServer } }: Library) {
  const server = new RpcServer({ logger, port: 0 });
  server.addService({ interfaceName: "com.acme.Paired" }, delegate);
  await server.start();
  await server.publish();
  const client = new RpcClient({ logger });
  const serverHost = `127.0.0.1:${String((server as unknown as { publishPort: number }).publishPort)}`;
  const consumer = (interfaceName: string, options: object = {}) =>
    client.createConsumer({ interfaceName, serverHost, ...options }) as unknown as Consumer;
  const close = async () => {
    await client.close();
    await server.close();
  };
  return { server, client, consumer, close };
}

/** What a caller sees of a call, without what names a machine or a moment. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (thrown) {
    const { name, message, stack } = thrown as Error;
    const { resultCode } = thrown as { resultCode?: string };
    return {
      name,
      message: message.replace(/\d+ms, address:.*/, "…").replace(/(found!).*/s, "$1"),
      resultCode,
      hasStack: stack !== "",
    };
  }
}

async function observe(library: Library): Promise<Record<string, unknown>> {
  const { server, client, consumer, close } = await setUp(library);
  const seen: string[] = [];
  client.on("error", () => undefined);
  server.on("error", (error: Error) => seen.push(`server error: ${error.message}`));
  server.on("response", ({ res }: { res: { meta: { resultCode: string } } }) =>
    seen.push(`served: ${res.meta.resultCode}`),
  );
  client.on("response", (info: { req: { methodName: string; meta: { resultCode: string } } }) =>
    seen.push(`called: ${info.req.methodName} ${info.req.meta.resultCode}`),
  );
  const paired = consumer("com.acme.Paired");
  const results: Record<string, unknown> = {};
  for (const method of Object.keys(delegate).filter((name) => name !== "slow"))
    results[method] = await outcome(paired.invoke(method, args));
  results["noMethod"] = await outcome(paired.invoke("missing", []));
  results["noArgs"] = await outcome(paired.invoke("echo", undefined));
  results["late"] = await outcome(paired.invoke("slow", [], { responseTimeout: 100 }));
  results["noService"] = await outcome(consumer("com.acme.Missing").invoke("x", []));
  results["asNull"] = await outcome(
    consumer("com.acme.Paired", { errorAsNull: true, cache: false }).invoke("business", []),
  );
  await expect.poll(() => seen.filter((line) => line.startsWith("served")).length).toBe(12);
  await close();
  return { ...results, seen: seen.sort() };
}

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "mecha-rpc-"));
  const rules = {
    apiVersion: "mecha/v1alpha1",
    kind: "Adapters",
    metadata: { name: "rpc" },
    spec: { rpc: [{ match: { interface: "com.acme.*" }, app: "paired" }] },
  };
  writeFileSync(join(folder, "adapters.json"), JSON.stringify(rules));
  process.env["DAPR_RESOURCES_PATHS"] = folder;
  process.env["APP_ID"] = "paired";
  process.env["MECHA_NAMESPACE"] = folder;
});

afterAll(() => {
  for (const name of ["DAPR_RESOURCES_PATHS", "APP_ID", "MECHA_NAMESPACE"]) Reflect.deleteProperty(process.env, name);
});

describe("@mecha/sofa-rpc-node beside sofa-rpc-node 2.10.0", () => {
  it("answers callers and tells listeners the same", { timeout: 30_000 }, async () => {
    const expected = await observe(original);
    expect(await observe(dropIn)).toEqual(expected);
    expect(expected).toMatchObject({ echo: { result: { length: args.length } }, asNull: { result: null } });
  });

  it("runs the client's middlewares around the call", async () => {
    const traces: Record<string, string[]> = {};
    for (const [name, library] of Object.entries({ original, dropIn })) {
      const trace: string[] = [];
      const { client, consumer, close } = await setUp(library);
      (
        client as unknown as {
          use(middleware: (context: { path: string; body: unknown }, next: () => Promise<void>) => Promise<void>): void;
        }
      ).use(async (context, next) => {
        trace.push(`before ${context.path}`);
        await next();
        trace.push(`after ${JSON.stringify(context.body)}`);
        context.body = "replaced";
      });
      trace.push(String(await consumer("com.acme.Paired").invoke("echo", ["x"])));
      await close();
      traces[name] = trace;
    }
    expect(traces["dropIn"]).toEqual(["before /rpc/com.acme.Paired:1.0/echo", 'after ["x"]', "replaced"]);
    expect(traces["dropIn"]).toEqual(traces["original"]);
  });

  it("says which rule is missing when nothing names the provider", async () => {
    const { client, close } = await setUp(dropIn);
    const consumer = client.createConsumer({ interfaceName: "org.other.Service" }) as unknown as Consumer;
    await expect(consumer.invoke("x", [])).rejects.toMatchObject({
      name: "RpcNoProviderError",
      resultCode: "04",
      message: expect.stringContaining('rpc: [{ match: { interface: "org.other.Service" }, app: APP_ID }]') as unknown,
    });
    await close();
  });

  it("exports what the original exports", () => {
    const names = (library: object) =>
      Object.keys(library)
        .filter((name) => name !== "default" && name !== "module.exports")
        .sort();
    expect(names(dropIn)).toEqual(names(original));
    for (const part of ["client", "server", "registry"] as const)
      expect(names(dropIn[part])).toEqual(names(original[part]));
  });

  it("serves the original's test helper", async () => {
    const { server, close } = await setUp(dropIn);
    const helper = dropIn.test(server) as {
      service(name: string): { invoke(name: string, args: unknown[]): Promise<{ data: unknown }> };
    };
    expect((await helper.service("com.acme.Paired").invoke("echo", ["hi"])).data).toEqual(["hi"]);
    await close();
  });
});
