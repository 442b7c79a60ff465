import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { appCallback, daprMethods, type AppChannel } from "@mecha/sdk-core/protocol";
import {
  MechaError,
  type BindingEventHandler,
  type BindingRequest,
  type ComponentDefinition,
  type InputBinding,
  type OutputBinding,
} from "@mecha/spec";
import { componentYaml } from "@mecha/conformance";
import { expect, onTestFinished, test } from "vitest";
import { resiliencyYaml } from "../../test/resiliency-fixture.js";
import { testRuntime } from "../../test/runtime-fixture.js";

const { PARALLEL, SEQUENTIAL } = appCallback.BindingEventResponse_BindingEventConcurrency;

/** Bindings whose events a test makes, and which keep what they are called with. */
function testBindings() {
  const handlers = new Map<string, BindingEventHandler>();
  const calls: (BindingRequest & { readonly name: string })[] = [];
  const component: ComponentDefinition<"bindings", InputBinding & OutputBinding> = {
    type: "bindings.test",
    create: async ({ name }) => ({
      backend: "test",
      operations: ["create"],
      async invoke(request) {
        if (name === "broken") throw new Error("broken on purpose");
        calls.push({ ...request, name });
        return {};
      },
      async read(handler) {
        handlers.set(name, handler);
        return { close: async () => void handlers.delete(name) };
      },
    }),
  };
  return { handlers, calls, catalogue: { "bindings.test": async () => ({ component }) } };
}

const yaml = (name: string, direction?: string): string =>
  componentYaml(name, "bindings.test", direction === undefined ? {} : { direction });

const answer = (fields: Partial<appCallback.BindingEventResponse> = {}): appCallback.BindingEventResponse => ({
  storeName: "",
  states: [],
  to: [],
  data: Buffer.alloc(0),
  concurrency: SEQUENTIAL,
  ...fields,
});

const event = { data: Buffer.from("seen"), metadata: { where: "outside" } };

test("an app gets the events of the bindings that it lists, and the binding what it answers", async () => {
  const { handlers, catalogue } = testBindings();
  const runtime = await testRuntime({ "a.yaml": yaml("wanted"), "b.yaml": yaml("other") }, { catalogue });
  const seen: appCallback.BindingEventRequest[] = [];
  const detach = await runtime.attachApp({
    bindings: ["wanted", "not-loaded-here"],
    binding: async (request) => (seen.push(request), answer({ data: Buffer.from("done") })),
  });
  expect([...handlers.keys()]).toEqual(["wanted"]);
  expect(Buffer.from((await handlers.get("wanted")?.(event)) ?? []).toString()).toBe("done");
  expect(seen).toEqual([{ name: "wanted", data: Buffer.from("seen"), metadata: { where: "outside" } }]);
  await detach();
  expect([...handlers.keys()]).toEqual([]);
});

test("an app that lists none gets those whose direction is input", async () => {
  const { handlers, catalogue } = testBindings();
  const files = { "a.yaml": yaml("in", "input"), "b.yaml": yaml("both", "Output, Input"), "c.yaml": yaml("silent") };
  const runtime = await testRuntime({ ...files, "d.yaml": yaml("out", "output") }, { catalogue });
  await runtime.attachApp({ binding: async () => answer() });
  expect([...handlers.keys()].sort()).toEqual(["both", "in"]);
});

test("an app that is a process of its own is asked, but not for bindings whose direction is input", async () => {
  const { handlers, catalogue } = testBindings();
  const asked: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    if (method === "OPTIONS") asked.push(url);
    response.writeHead(method === "OPTIONS" && url === "/route/of" ? 200 : 404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const routed = componentYaml("routed", "bindings.test", { route: "route/of" });
  const files = { "a.yaml": yaml("other"), "b.yaml": yaml("certain", "input"), "c.yaml": routed };
  const runtime = await testRuntime({ ...files, "d.yaml": yaml("out", "output") }, { catalogue });
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const detach = await runtime.connectApp({ port, protocol: "http" }, new AbortController().signal);
  expect([...handlers.keys()].sort()).toEqual(["certain", "routed"]);
  expect(asked).toEqual(["/other", "/route/of"]);
  await detach();
  expect([...handlers.keys()]).toEqual([]);
});

test("a binding hears of it when the app fails, and its events end with the runtime", async () => {
  const { handlers, catalogue } = testBindings();
  const runtime = await testRuntime({ "a.yaml": yaml("in") }, { catalogue });
  const failing: AppChannel["binding"] = async () => {
    throw new Error("not today");
  };
  await runtime.attachApp({ bindings: ["in"], binding: failing });
  await expect(handlers.get("in")?.(event)).rejects.toThrow("not today");
  await runtime.close();
  expect([...handlers.keys()]).toEqual([]);
});

test.each([SEQUENTIAL, PARALLEL])(
  "what the app answers goes on to the output bindings that it names (%i)",
  async (concurrency) => {
    const { handlers, calls, catalogue } = testBindings();
    const files = { "a.yaml": yaml("in"), "b.yaml": yaml("one"), "c.yaml": yaml("two"), "d.yaml": yaml("broken") };
    const runtime = await testRuntime(files, { catalogue });
    let to = ["one", "two"];
    const data = Buffer.from('{"n":1}');
    await runtime.attachApp({ bindings: ["in"], binding: async () => answer({ to, data, concurrency }) });
    await handlers.get("in")?.(event);
    expect(calls.map(({ name, operation, data: sent }) => [name, operation, Buffer.from(sent).toString()])).toEqual([
      ["one", "create", '{"n":1}'],
      ["two", "create", '{"n":1}'],
    ]);
    // The event is handled all the same.
    to = ["broken"];
    expect(Buffer.from((await handlers.get("in")?.(event)) ?? []).toString()).toBe('{"n":1}');
  },
);

test("a binding that is for input alone cannot be called, and GetMetadata says what each is for", async () => {
  const { catalogue } = testBindings();
  const runtime = await testRuntime({ "a.yaml": yaml("in", "input"), "b.yaml": yaml("both") }, { catalogue });
  const call = (name: string) =>
    runtime.transport.unary(daprMethods.invokeBinding, {
      name,
      operation: "create",
      data: Buffer.alloc(0),
      metadata: {},
    });
  await expect(call("in")).rejects.toMatchObject({ code: "INTERNAL", reason: "ERR_INVOKE_OUTPUT_BINDING" });
  await call("both");
  const { registeredComponents } = await runtime.transport.unary(daprMethods.getMetadata, {});
  expect(registeredComponents.map(({ name, capabilities }) => [name, capabilities])).toEqual([
    ["in", ["INPUT_BINDING"]],
    ["both", ["INPUT_BINDING", "OUTPUT_BINDING"]],
  ]);
});

test("an event that the app fails at comes again by the policy of its binding, which also ends waits when the app leaves", async () => {
  const { handlers, catalogue } = testBindings();
  const retries = {
    soon: { duration: "1ms", maxRetries: 2, matching: { httpStatusCodes: "500-599" } },
    late: { duration: "1h" },
  };
  const targets = { components: { in: { inbound: { retry: "soon" } }, slow: { inbound: { retry: "late" } } } };
  const files = {
    "a.yaml": yaml("in"),
    "b.yaml": yaml("slow"),
    "r.yaml": resiliencyYaml({ policies: { retries }, targets }),
  };
  const runtime = await testRuntime(files, { catalogue });
  const failures = [new MechaError("UNAVAILABLE", "one"), new MechaError("UNKNOWN", "two", { httpStatus: 404 })];
  let calls = 0;
  const detach = await runtime.attachApp({
    bindings: ["in", "slow"],
    binding: () => Promise.reject(failures[calls++] ?? new Error("always")),
  });
  await expect(handlers.get("in")?.(event)).rejects.toThrow("two");
  expect(calls).toBe(2);
  const waiting = expect(handlers.get("slow")?.(event)).rejects.toThrow("always");
  await detach();
  await waiting;
});
