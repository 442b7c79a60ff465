import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { deadEndpoint, mechaTo, testSidecar } from "../../test/sidecar-fixture.js";
import { componentYaml, mechaOver, testRuntime, ways } from "../../test/mecha-fixture.js";
import { completeError } from "./complete-error.js";

const subject = { operation: "state.get", component: "orders" };

describe("the error of a call", () => {
  it("says what was attempted on which component, and keeps the rest", () => {
    const cause = new Error("the wire broke");
    const thrown = new MechaError("INTERNAL", "no luck", {
      cause,
      reason: "ERR_STATE_GET",
      metadata: { store: "orders" },
    });
    const error = completeError(thrown, subject);
    expect(error).toMatchObject({
      code: "INTERNAL",
      message: "no luck",
      reason: "ERR_STATE_GET",
      metadata: { store: "orders" },
      httpStatus: 500,
      ...subject,
    });
    expect(error.cause).toBe(cause);
  });

  it("is passed on as it is when it says all, and completed once only", () => {
    const complete = completeError(new MechaError("UNAVAILABLE", "gone"), subject);
    expect(complete.message).toBe('state.get on "orders": gone');
    expect(completeError(complete, { operation: "other" })).toBe(complete);
  });

  it("keeps the component and operation of whoever knew better", () => {
    const thrown = new MechaError("NOT_FOUND", "no", { component: "inner", operation: "state.read" });
    expect(completeError(thrown, subject)).toMatchObject({
      component: "inner",
      operation: "state.read",
      httpStatus: 404,
    });
  });

  it("is a MechaError also for what is no error at all", () => {
    const error = completeError("odd", subject);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      code: "UNKNOWN",
      message: 'state.get on "orders": odd',
      cause: "odd",
      httpStatus: 500,
    });
    expect(completeError(new TypeError("x"), undefined)).toMatchObject({ code: "UNKNOWN", message: "x" });
  });

  it("says so where daprd is too old for a method, which it says as if the call were for another app", () => {
    const complaint = "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found";
    const error = completeError(new MechaError("UNKNOWN", complaint), { operation: "actors.listReminders" });
    expect(error).toMatchObject({ code: "UNIMPLEMENTED", httpStatus: 501, operation: "actors.listReminders" });
    expect(error.message).toContain("actors.listReminders: this sidecar does not know the method");
    expect((error.cause as Error).message).toBe(complaint);
    const reasoned = new MechaError("UNKNOWN", complaint, { reason: "ERR_DIRECT_INVOKE" });
    expect(completeError(reasoned, subject).code).toBe("UNKNOWN");
  });

  it.each<[MechaErrorCode, number]>([
    ["CANCELLED", 408],
    ["INVALID_ARGUMENT", 400],
    ["DEADLINE_EXCEEDED", 504],
    ["ALREADY_EXISTS", 409],
    ["ETAG_MISMATCH", 409],
    ["ETAG_INVALID", 400],
    ["PERMISSION_DENIED", 403],
    ["UNAUTHENTICATED", 401],
    ["RESOURCE_EXHAUSTED", 429],
    ["UNIMPLEMENTED", 501],
    ["UNAVAILABLE", 503],
    ["DATA_LOSS", 500],
  ])("%s is HTTP %i, as in Dapr's HTTP API", (code, httpStatus) => {
    expect(completeError(new MechaError(code, "x"), subject).httpStatus).toBe(httpStatus);
  });
});

describe("a failing save or publish throws a MechaError, it neither resolves with { error } nor throws what is no Error", () => {
  it.each(ways)("%s", async (way) => {
    const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), way);
    const failures = await Promise.all([
      mecha
        .state("nowhere")
        .save("a", 1)
        .catch((error: unknown) => error),
      mecha
        .pubsub("nowhere")
        .publish("t", 1)
        .catch((error: unknown) => error),
    ]);
    for (const failure of failures) {
      expect(MechaError.is(failure) && failure instanceof Error).toBe(true);
      expect(failure).toMatchObject({ component: "nowhere", metadata: expect.any(Object) as unknown });
    }
    expect(failures).toMatchObject([
      { operation: "state.save", httpStatus: 400 },
      { operation: "pubsub.publish", reason: "DAPR_PUBSUB_NOT_FOUND", httpStatus: 404 },
    ]);
  });

  it("over gRPC to nobody", async () => {
    const mecha = mechaTo(await deadEndpoint());
    await expect(mecha.state("orders").save("a", 1)).rejects.toMatchObject({
      name: "MechaError",
      code: "UNAVAILABLE",
      httpStatus: 503,
      component: "orders",
      operation: "state.save",
      message: expect.stringMatching(/^state\.save on "orders": /) as unknown,
    });
  });
});

it("completes what a stream throws too", async () => {
  const sidecar = await testSidecar({
    subscribeConfiguration: async function* () {
      yield await Promise.reject(new MechaError("PERMISSION_DENIED", "not you", { reason: "ERR_X" }));
    },
  });
  const subscription = sidecar.connect().transport.stream(
    (await import("../dapr-methods.js")).daprMethods.subscribeConfiguration,
    (async function* () {
      yield await Promise.resolve({ storeName: "settings", keys: [], metadata: {} });
    })(),
    { subject: { operation: "configuration.subscribe", component: "settings" } },
  );
  await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    reason: "ERR_X",
    httpStatus: 403,
    component: "settings",
    operation: "configuration.subscribe",
  });
});
