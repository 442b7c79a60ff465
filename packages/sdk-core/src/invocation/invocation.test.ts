import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { mechaOver, testRuntime, ways } from "../../test/mecha-fixture.js";
import type { Invocation } from "../app/invocation-handler.js";
import { InvocationReply } from "../app/invocation-reply.js";

describe.each(ways)("invoking an app, %s", (way) => {
  const open = async (answer: (invocation: Invocation) => unknown) => {
    const runtime = await testRuntime([]);
    const provider = await mechaOver(runtime, "embedded");
    await provider.host().onInvoke("known", answer).start();
    return (await mechaOver(runtime, way)).app("under-test");
  };

  it("carries data, verb, query and headers there, and status, headers and data back", async () => {
    const app = await open(({ method, verb, query, headers, contentType, json }) => {
      const seen = { method, verb, query: [...query], header: headers["x-request"], contentType, data: json() };
      return new InvocationReply(seen, { status: 201, headers: { "x-reply": "yes" } });
    });
    const reply = await app.request(
      "known",
      { a: 1 },
      { verb: "PUT", query: { q: "ä&b" }, headers: { "x-request": "1" } },
    );
    expect(reply).toMatchObject({ status: 201, headers: { "x-reply": "yes" }, contentType: "application/json" });
    expect(reply.json()).toEqual({
      method: "known",
      verb: "PUT",
      query: [["q", "ä&b"]],
      header: "1",
      contentType: "application/json",
      data: { a: 1 },
    });
  });

  it("decodes JSON, takes bytes and nothing at all", async () => {
    const app = await open(({ bytes, contentType }) =>
      contentType === "application/octet-stream" ? bytes : undefined,
    );
    const { bytes, contentType } = await app.request("known", Uint8Array.of(0, 255));
    expect([[...bytes], contentType]).toEqual([[0, 255], "application/octet-stream"]);
    expect(await app.invoke("known")).toBeUndefined();
  });

  it.each([
    [404, "NOT_FOUND"],
    [418, "FAILED_PRECONDITION"],
    [500, "INTERNAL"],
    [503, "UNAVAILABLE"],
  ])("throws for status %i, with what the app said", async (status, code) => {
    const app = await open(() => new InvocationReply({ why: "no stock" }, { status }));
    await expect(app.invoke("known")).rejects.toMatchObject({
      code,
      httpStatus: status,
      message: `Method "known" of app "under-test" answered with HTTP status ${status}: {"why":"no stock"}`,
    });
  });

  it("tells what daprd says of an app that speaks HTTP as the same refusal", async () => {
    const told = { "http.code": "409", "http.error_message": "no stock" };
    const app = await open(() => {
      throw new MechaError("UNKNOWN", "Conflict", { reason: "Conflict", metadata: told });
    });
    await expect(app.invoke("known")).rejects.toMatchObject({
      ...{ code: "ALREADY_EXISTS", httpStatus: 409, reason: "Conflict", metadata: told, component: "under-test" },
      message: 'Method "known" of app "under-test" answered with HTTP status 409: no stock',
    });
  });

  it("passes on what a handler throws, and names a method that nobody handles", async () => {
    const app = await open(() => {
      throw new Error("out of paper");
    });
    await expect(app.invoke("known")).rejects.toMatchObject({
      name: "MechaError",
      message: expect.stringContaining("out of paper") as unknown,
    });
    await expect(app.invoke("unknown")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining('no handler for method "unknown"; add one with onInvoke()') as unknown,
    });
  });

  it("says that a reply is no JSON, and gives up at the deadline", async () => {
    const app = await open(({ signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
    await expect(app.invoke("known", 1, { deadline: Date.now() + 50 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    const other = await open(() => Buffer.from("plain"));
    await expect(other.invoke("known")).rejects.toMatchObject({
      code: "DATA_LOSS",
      message: expect.stringContaining("The reply of method") as unknown,
    });
  });
});

it("takes a reply of another copy of the package for a reply", () => {
  const foreign = Object.defineProperty({ data: 1, options: {} }, Symbol.for("mecha.invocation-reply/1"), {
    value: true,
  });
  expect(InvocationReply.is(foreign)).toBe(true);
  expect(InvocationReply.is({ data: 1, options: {} })).toBe(false);
});
