import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { mechaOver, testRuntime, ways } from "../../test/mecha-fixture.js";
import { deadEndpoint, mechaTo, testSidecar } from "../../test/sidecar-fixture.js";
import { daprMethods } from "../dapr-methods.js";

const metadata = daprMethods.getMetadata.response.fromPartial({} as never);

it.each(ways)("a runtime that answers is ready, %s", async (way) => {
  const mecha = await mechaOver(await testRuntime([]), way);
  expect(await mecha.health()).toEqual({ isReady: true });
  await mecha.waitUntilReady();
});

describe("a sidecar that is not there yet", () => {
  it("is waited for", async () => {
    const endpoint = await deadEndpoint();
    const mecha = mechaTo(endpoint);
    expect(await mecha.health()).toMatchObject({ isReady: false, error: { code: "UNAVAILABLE" } });
    const ready = mecha.waitUntilReady({ timeoutMs: 20_000 });
    await testSidecar({ getMetadata: () => Promise.resolve(metadata) }, { port: Number(endpoint.split(":")[1]) });
    await ready;
    expect((await mecha.health()).isReady).toBe(true);
  });

  it("is given up after the time, with the reason, or by the signal", async () => {
    const mecha = mechaTo(await deadEndpoint());
    await expect(mecha.waitUntilReady({ timeoutMs: 100 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      cause: { code: expect.stringMatching(/UNAVAILABLE|DEADLINE_EXCEEDED/u) as unknown },
      message: expect.stringContaining("DAPR_GRPC_ENDPOINT") as unknown,
    });
    const stopping = new AbortController();
    const waiting = mecha.waitUntilReady({ signal: stopping.signal });
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

it("waits for nothing that waiting does not change", async () => {
  let asked = 0;
  const getMetadata = (): Promise<never> => {
    asked++;
    return Promise.reject(new MechaError("UNAUTHENTICATED", "no token"));
  };
  const mecha = (await testSidecar({ getMetadata })).connect();
  await expect(mecha.waitUntilReady()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(asked).toBe(1);
});
