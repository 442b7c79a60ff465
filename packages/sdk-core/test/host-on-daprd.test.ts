import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { eventually, startProgram } from "@mecha/conformance";
import { startDaprd, type DaprdOptions } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { MechaError } from "@mecha/spec";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AppProtocol } from "../src/app/server-settings.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import { startDaprdApp, redeliveryYaml, type DaprdApp } from "./daprd-app.js";
import { componentYaml, temporaryFolder } from "./mecha-fixture.js";

/** What was taken and not acknowledged comes again after two seconds, and not after a minute. */
const soonAgain = { processingTimeout: "2s", redeliverInterval: "1000" };

const quiet = { onError: () => undefined };

describeWith(["redis", "placement", "daprd"], "a host on daprd", (on) => {
  const resources = (metadata: Readonly<Record<string, string>> = {}, more: Readonly<Record<string, string>> = {}) =>
    temporaryFolder({
      "events.yaml": componentYaml("events", "pubsub.redis", { redisHost: on.redis.address, ...metadata }),
      ...more,
    });
  const start = async (options: Partial<DaprdOptions>): Promise<DaprdApp> => {
    const app = await startDaprdApp({ appId: `app-${randomUUID()}`, ...options });
    onTestFinished(() => app.close());
    return app;
  };
  /** A sidecar that has no port of the app. */
  const startStreaming = async (folder: string): Promise<{ mecha: Mecha; address: string }> => {
    const appId = `app-${randomUUID()}`;
    const engine = await startDaprd({ appId, resourcesFolders: [folder] });
    const transport = createGrpcTransport({ address: engine.grpcAddress });
    const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, appId);
    onTestFinished(async () => {
      await mecha.close();
      await engine.stop();
    });
    return { mecha, address: engine.grpcAddress };
  };
  /** Warnings of this process about redelivery. */
  const watchWarnings = (): Error[] => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error & { readonly code?: string }): void => {
      if (warning.code === "MECHA_NO_REDELIVERY") warnings.push(warning);
    };
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
    return warnings;
  };

  describe.each<AppProtocol>(["grpc", "http"])("over %s", (appProtocol) => {
    it("takes port and protocol from the sidecar, and refuses one with another token", async () => {
      const app = await start({ appProtocol, appApiToken: "of the sidecar" });
      let calls = 0;
      const handler = (): number => ++calls;
      const wrong = app.mecha.host({ ...quiet, appApiToken: "of the app" }).onInvoke("m", handler);
      await wrong.start();
      const self = app.mecha.app(app.mecha.appId);
      await eventually("the sidecar calls the app", async () => {
        const failure: unknown = await self.invoke("m").catch((error: unknown) => error);
        return MechaError.is(failure) && failure.code === "UNAUTHENTICATED";
      });
      await wrong.close();
      expect(calls).toBe(0);
      await app.mecha
        .host({ ...quiet, appApiToken: "of the sidecar" })
        .onInvoke("m", handler)
        .start();
      await eventually("the app answers", async () => (await self.invoke("m").catch(() => 0)) === 1);
    });

    it("tells the sidecar when the app is not well", async () => {
      const health = ["--enable-app-health-check", "--app-health-probe-interval=1", "--app-health-threshold=1"];
      const app = await start({ appProtocol, appApiToken: "secret", args: health });
      let isWell = true;
      const host = app.mecha.host({ ...quiet, appApiToken: "secret" }).onInvoke("m", () => "well");
      host.onHealth(() => {
        if (!isWell) throw new Error("no database");
      });
      await host.start();
      const self = app.mecha.app(app.mecha.appId);
      const answer = (): Promise<unknown> => self.invoke("m").catch(String);
      await eventually("calls come while the app is well", async () => (await answer()) === "well");
      isWell = false;
      await eventually("calls are kept from an app that is not", async () =>
        String(await answer()).includes("healthy"),
      );
    });

    it("hosts actors beside what the sidecar calls", async () => {
      const folder = await temporaryFolder({
        "state.yaml": componentYaml("state", "state.in-memory", { actorStateStore: "true" }),
      });
      const app = await start({ appProtocol, resourcesFolders: [folder], placement: on.placement });
      class Greeter {
        greet(name: string): string {
          return `hello ${name}`;
        }
      }
      const type = `Greeter-${randomUUID()}`;
      await app.mecha
        .host(quiet)
        .onInvoke("m", () => 1)
        .actor(Greeter, { type })
        .start();
      await eventually("the actor answers", async () => {
        const reply = await app.mecha
          .actor<Greeter>(type, "1")
          .greet("you")
          .catch(() => "");
        return reply === "hello you";
      });
    });
  });

  it("names option, handler and setting where the sidecar has no port to call", async () => {
    const { mecha } = await startStreaming(await resources());
    const host = mecha.host(quiet).onTopic("events", "t", async () => undefined, { match: "true" });
    await expect(host.start()).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/onTopic\("events", "t"\) with match.*APP_PORT.*--app-port/u) as unknown,
    });
  });

  it("warns once of a topic whose failed events would be lost, and with the policy that it names they come again", async () => {
    const warnings = watchWarnings();
    const topic = `t-${randomUUID()}`;
    const seen: string[] = [];
    const failOnce = async ({ data }: { readonly data: string }): Promise<void> => {
      seen.push(data);
      if (seen.filter((one) => one === data).length === 1) throw new Error("not yet");
    };
    const losing = await startStreaming(await resources());
    const host = losing.mecha.host(quiet).onTopic<string>("events", topic, failOnce);
    await host.start();
    await losing.mecha.host(quiet).onTopic<string>("events", topic, failOnce).start();
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(new RegExp(`"${topic}" of "events" \\(pubsub.redis\\).*no Resiliency`, "u"));
    const { detail } = warnings[0] as Error & { readonly detail: string };
    const policy = detail.slice(detail.indexOf("apiVersion"));

    const keeping = await startStreaming(await resources({}, { "redelivery.yaml": policy }));
    const other = `t-${randomUUID()}`;
    await keeping.mecha.host(quiet).onTopic<string>("events", other, failOnce).start();
    await keeping.mecha.pubsub("events").publish(other, "kept");
    await eventually("the event came again", async () => seen.filter((one) => one === "kept").length === 2);
    expect(warnings).toHaveLength(1);
  });

  it("gets an event again that an app was killed in the middle of", async () => {
    // With a policy that tries for ever, daprd takes 30 s before it lets the next app subscribe after such a death.
    const { mecha, address } = await startStreaming(await resources(soonAgain));
    const topic = `t-${randomUUID()}`;
    const program = join(import.meta.dirname, "subscriber-process.ts");
    const killed = startProgram({ program, args: [address, topic], cwd: join(import.meta.dirname, "..") });
    await killed.ready;
    await mecha.pubsub("events").publish(topic, "precious");
    await killed.said("took precious");
    await killed.kill();
    const seen: string[] = [];
    await mecha
      .host(quiet)
      .onTopic<string>("events", topic, async ({ data }) => void seen.push(data))
      .start();
    await eventually("the event came to the next app", async () => seen.includes("precious"), 20_000);
  });

  it("gives back events whose handlers do not end in time when it is closed", async () => {
    const folder = await resources(soonAgain, { "redelivery.yaml": redeliveryYaml("events") });
    const { mecha } = await startStreaming(folder);
    const topic = `t-${randomUUID()}`;
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const stuck = mecha.host({ ...quiet, drainTimeoutMs: 50 }).onTopic("events", topic, async () => {
      begin();
      await new Promise(() => undefined);
    });
    await stuck.start();
    await mecha.pubsub("events").publish(topic, "precious");
    await begun;
    const seen: unknown[] = [];
    await mecha
      .host(quiet)
      .onTopic("events", topic, async ({ data }) => void seen.push(data))
      .start();
    await stuck.close();
    await eventually("the event came to the other host", async () => seen.includes("precious"), 20_000);
  });
});
