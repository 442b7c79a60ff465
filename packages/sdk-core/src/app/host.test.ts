import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { componentYaml, mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import type { MechaError } from "@mecha/spec";
import type { TopicEvent } from "../pubsub/topic-event.js";

const events = componentYaml("events", "pubsub.in-memory", { redeliverInterval: "10ms" });

afterEach(() => vi.unstubAllEnvs());

describe("a host", () => {
  it("handles events: done, again after a failure, given up", async () => {
    const mecha = await mechaOver(await testRuntime([events]), "embedded");
    const errors: MechaError[] = [];
    const seen: string[] = [];
    const host = mecha
      .host({ onError: (error) => errors.push(error) })
      .onTopic<string>("events", "t", async (event) => {
        expectTypeOf(event).toEqualTypeOf<TopicEvent<string>>();
        seen.push(event.data);
        if (event.data === "fails once" && seen.filter((data) => data === "fails once").length === 1)
          throw new Error("oh");
        return event.data === "dropped" ? "drop" : undefined;
      });
    await host.start();
    for (const data of ["done", "fails once", "dropped"]) await mecha.pubsub("events").publish("t", data);
    await expect.poll(() => [...seen].sort()).toEqual(["done", "dropped", "fails once", "fails once"]);
    expect(errors).toMatchObject([{ operation: "pubsub.handle", message: expect.stringContaining("oh") as unknown }]);
    await host.close();
    await mecha.pubsub("events").publish("t", "late");
    expect(seen).not.toContain("late");
  });

  it("starts once, and not at all behind a refused subscription", async () => {
    const runtime = await testRuntime([events]);
    const mecha = await mechaOver(runtime, "embedded");
    const host = mecha.host().onTopic("events", "t", async () => undefined);
    await host.start();
    await expect(host.start()).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    await host.close();
    await expect(host.start()).rejects.toThrow("closed already");
    const refused = mecha
      .host({ onError: () => undefined })
      .onInvoke("m", () => 1)
      .onTopic("nowhere", "t", async () => undefined);
    await expect(refused.start()).rejects.toThrow("nowhere");
    await expect(mecha.app("under-test").invoke("m")).rejects.toMatchObject({ name: "MechaError" });
  });

  it("waits for the call under way when it is closed, and takes no more", async () => {
    const mecha = await mechaOver(await testRuntime([]), "embedded");
    let finish = (): void => undefined;
    const begun = new Promise<void>((begin) => {
      void mecha
        .host()
        .onInvoke("*", async () => {
          begin();
          await new Promise<void>((resolve) => (finish = resolve));
          return "done";
        })
        .start();
    });
    await new Promise((resolve) => setImmediate(resolve));
    const call = mecha.app("under-test").invoke("anything");
    await begun;
    const closing = mecha.close();
    finish();
    expect(await call).toBe("done");
    await closing;
  });

  it.each(["", "http", "70000"])(
    "names option and setting where the sidecar has no port to call (APP_PORT=%j)",
    async (port) => {
      vi.stubEnv("APP_PORT", port);
      const mecha = await mechaOver(await testRuntime([]), "gRPC");
      await expect(
        mecha
          .host()
          .onInvoke("m", () => 1)
          .start(),
      ).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringMatching(/onInvoke.*APP_PORT.*--app-port/) as unknown,
      });
    },
  );
});
