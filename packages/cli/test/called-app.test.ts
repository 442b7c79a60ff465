import { componentYaml } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { daprd, mechaRun, startCalledApp, type CalledApp, type StartSidecar } from "./called-app.js";
import { startMecha } from "./mecha-run.js";
import { createRunFolder, type RunFolder } from "./run-folder.js";

// Processes are started, and probes come every second.
vi.setConfig({ testTimeout: 240_000 });

const patience = { timeout: 60_000, interval: 100 };

async function folder(components: Readonly<Record<string, string>>): Promise<RunFolder> {
  const made = await createRunFolder(components);
  onTestFinished(() => made.remove());
  return made;
}

const json = { "content-type": "application/json" };

/** No call may take for ever: what is polled for is asked again. */
const send = (url: string, body?: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: json,
    signal: AbortSignal.timeout(20_000),
    ...(body !== undefined && { body }),
  });

async function publish(address: string, event: string): Promise<number> {
  return (await send(`${address}/v1.0/publish/events/paid`, JSON.stringify(event))).status;
}

const events = ({ calls }: CalledApp): readonly string[] =>
  calls.flatMap((call) => /^\/paid .*"data":"(\w+)"/u.exec(call)?.[1] ?? []);

function suite(start: StartSidecar): void {
  it("starts without components that its app wants, and brings events once they are there", async () => {
    const app = await startCalledApp("events");
    const made = await folder({ "store.yaml": componentYaml("store", "state.in-memory") });
    const address = await start(made, app, []);
    await expect.poll(async () => (await fetch(`${address}/v1.0/healthz`)).status, patience).toBe(204);
    expect(await publish(address, "early")).toBe(404);
    const everySecond = { schedule: "@every 1s" };
    await made.replace("components/events.yaml", componentYaml("events", "pubsub.in-memory"));
    await made.replace("components/other.yaml", componentYaml("other", "bindings.cron", everySecond));
    await made.replace("components/tick.yaml", componentYaml("tick", "bindings.cron", everySecond));
    // daprd takes events of a component that has come before it has subscribed to its topics, and this component keeps none.
    await expect.poll(async () => (await publish(address, "late"), events(app)), patience).toContain("late");
    await expect.poll(() => app.calls.filter((call) => call.startsWith("/tick ")).length, patience).toBeGreaterThan(1);
    expect(app.calls.filter((call) => call.startsWith("/other "))).toEqual([]);
  });

  it("brings nothing to an app that is not well, and begins again when it is", async () => {
    const app = await startCalledApp("events");
    app.health = 500;
    const flags = ["--enable-app-health-check", "--app-health-probe-interval", "1"];
    const lenient = ["--app-health-probe-timeout", "1000", "--app-health-threshold", "1"];
    const made = await folder({ "events.yaml": componentYaml("events", "pubsub.in-memory") });
    const address = await start(made, app, [...flags, ...lenient]);
    const invoke = async (): Promise<string> => {
      const answer = await send(`${address}/v1.0/invoke/called/method/any`);
      return `${String(answer.status)} ${await answer.text()}`;
    };
    await expect.poll(invoke, patience).toMatch(/^500 .*app is not in a healthy state/u);
    const isBrought = async (event: string): Promise<void> => {
      app.health = 200;
      await expect.poll(invoke, patience).toBe("200 ");
      // Topics are subscribed to a moment later.
      await expect.poll(async () => (await publish(address, event), events(app)), patience).toContain(event);
    };
    await isBrought("first");
    app.health = 503;
    await expect.poll(invoke, patience).toMatch(/^500 .*app is not in a healthy state/u);
    // What was on its way then may have come to it still.
    const { probes } = app;
    await expect.poll(() => app.probes, patience).toBeGreaterThan(probes);
    const before = app.calls.length;
    await publish(address, "unwell");
    expect(await invoke()).toMatch(/^500 /u);
    expect(app.calls.slice(before)).toEqual([]);
    await isBrought("second");
  });
}

describe("mecha run", () => {
  suite(mechaRun);

  it("starts its runtime again where it was for what is read at the start alone, and ends if that fails", async () => {
    const app = await startCalledApp("events");
    const made = await folder({ "events.yaml": componentYaml("events", "pubsub.in-memory") });
    const mecha = startMecha(["run", "--app-id", "called", "--app-port", String(app.port)], { cwd: made.path });
    onTestFinished(() => mecha.stop());
    const address = await mecha.httpAddress();
    await mecha.said("the app answers");
    const outside = (spec: object): string =>
      JSON.stringify({ kind: "HTTPEndpoint", metadata: { name: "outside" }, spec });
    const call = async (): Promise<number> => (await send(`${address}/v1.0/invoke/outside/method/hello`)).status;
    expect(await call()).toBe(500);
    const baseUrl = `http://127.0.0.1:${String(app.port)}`;
    await made.replace("components/outside.yaml", outside({ baseUrl }));
    await mecha.said("HTTPEndpoint resources have changed, so the runtime starts again");
    // Nobody listens for a moment.
    await expect.poll(() => call().catch(() => 0), patience).toBe(200);
    expect(app.calls.some((one) => one.startsWith("/hello"))).toBe(true);
    await expect.poll(async () => (await publish(address, "after"), events(app)), patience).toContain("after");

    await made.replace("components/outside.yaml", outside({ baseUrl: "nowhere" }));
    await mecha.said("are not right, so all stays as it was");
    expect(await call()).toBe(200);
    const headers = [{ name: "key", secretKeyRef: { name: "a", key: "b" } }];
    await made.replace("components/outside.yaml", outside({ baseUrl, headers }));
    expect(await mecha.ended).toBe(1);
    expect(mecha.lines.join("\n")).toMatch(/error: .*outside\.yaml/u);
  });
});

describeWith("daprd", "daprd", () => {
  suite(daprd);
});
