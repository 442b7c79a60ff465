import { MechaError } from "@mecha/spec";
import { expect, expectTypeOf, it } from "vitest";
import { stored, testSidecar } from "../../test/sidecar-fixture.js";
import { daprMethods } from "../dapr-methods.js";
import type { Interceptor, UnaryCall } from "./interceptor.js";

const adding = (name: string, value: string): Interceptor => ({
  unary: (call, next) =>
    next({ ...call, options: { ...call.options, metadata: { ...call.options.metadata, [name]: value } } }),
});

it("see each call with its subject, the first one outermost, and add to its metadata", async () => {
  const seen: unknown[] = [];
  const watching = (who: string): Interceptor => ({
    async unary(call, next) {
      seen.push(
        `${who} ${call.path} ${call.options.subject?.operation ?? ""} ${call.options.subject?.component ?? ""}`,
      );
      const reply = await next(call);
      seen.push(who);
      return reply;
    },
  });
  const sidecar = await testSidecar({
    getState: (_, { metadata }) => Promise.resolve(stored(`${metadata["x-tenant"] ?? ""} ${metadata["x-user"] ?? ""}`)),
  });
  const interceptors = [watching("outer"), adding("x-tenant", "acme"), adding("x-user", "ann"), watching("inner")];
  const mecha = sidecar.connect({ interceptors });
  expect((await mecha.state("s").get("a"))?.value).toBe("acme ann");
  const line = "/dapr.proto.runtime.v1.Dapr/GetState state.get s";
  expect(seen).toEqual([`outer ${line}`, `inner ${line}`, "inner", "outer"]);
});

it("may answer by themselves, and are asked once for all attempts of a call", async () => {
  let asked = 0;
  let sent = 0;
  const sidecar = await testSidecar({
    getState: () =>
      ++sent < 3 ? Promise.reject(new MechaError("UNAVAILABLE", "not yet")) : Promise.resolve(stored(1)),
  });
  const counting: Interceptor = { unary: (call, next) => (asked++, next(call)) };
  const retry = { maxRetries: 5, initialDelayMs: 1 };
  expect(
    (
      await sidecar
        .connect({ retry, interceptors: [counting] })
        .state("s")
        .get("a")
    )?.value,
  ).toBe(1);
  expect([asked, sent]).toEqual([1, 3]);
  const answering: Interceptor = { unary: () => Promise.resolve(stored("kept")) };
  expect(
    (
      await sidecar
        .connect({ interceptors: [answering] })
        .state("s")
        .get("a")
    )?.value,
  ).toBe("kept");
  expect(sent).toBe(3);
});

it("that throw make the call fail with a MechaError, whatever they throw", async () => {
  const sidecar = await testSidecar({ getState: () => Promise.resolve(stored(1)) });
  const throwing: Interceptor = {
    unary() {
      throw new TypeError("odd");
    },
    stream() {
      throw new TypeError("odd");
    },
  };
  const mecha = sidecar.connect({ interceptors: [throwing] });
  const failure = { code: "UNKNOWN", cause: expect.any(TypeError) as unknown };
  await expect(mecha.state("s").get("a")).rejects.toMatchObject({ ...failure, operation: "state.get" });
  const nothing = (async function* () {})() as AsyncIterable<never>;
  const stream = mecha.transport.stream(daprMethods.subscribeConfiguration, nothing);
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject(failure);
  // Closing waits for calls under way: none of these is.
  const started = performance.now();
  await mecha.close();
  expect(performance.now() - started).toBeLessThan(4_000);
});

it("see streams, each message of them, and their end", async () => {
  const sidecar = await testSidecar({
    async *subscribeConfiguration(requests, { metadata }) {
      for await (const { storeName } of requests) yield { id: `${storeName} ${metadata["x-tenant"] ?? ""}`, items: {} };
    },
  });
  const seen: unknown[] = [];
  const watching: Interceptor = {
    async *stream(call, next) {
      for await (const message of next({ ...call, options: { ...call.options, metadata: { "x-tenant": "acme" } } })) {
        seen.push(message);
        yield message;
      }
      seen.push("end");
    },
  };
  const { transport } = sidecar.connect({ interceptors: [watching] });
  const requests = (async function* () {
    yield await Promise.resolve({ storeName: "s", keys: [], metadata: {} });
  })();
  const ids: string[] = [];
  for await (const { id } of transport.stream(daprMethods.subscribeConfiguration, requests)) ids.push(id);
  expect(ids).toEqual(["s acme"]);
  expect(seen).toEqual([{ id: "s acme", items: {} }, "end"]);
});

it("types what an interceptor sees", () => {
  expectTypeOf<UnaryCall["request"]>().toBeUnknown();
  expectTypeOf<Interceptor["unary"]>().toBeNullable();
});
