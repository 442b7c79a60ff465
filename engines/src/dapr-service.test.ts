import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startDaprd } from "./daprd.js";
import { describeWith } from "./describe-engine.js";
import { isPortFree } from "./free-ports.js";
import { startPlacement } from "./placement.js";
import { startScheduler } from "./scheduler.js";
import { type AppRequest, serveApp } from "./testing/http-app.js";
import { listeningAddresses } from "./testing/listening-addresses.js";
import { isAlive } from "./testing/process-and-folder.js";
import { component, resourcesFolder } from "./testing/resources.js";

const json = { "content-type": "application/json" };

describeWith(["placement", "scheduler"], "Dapr's services", () => {
  describe.each([
    { name: "placement", start: startPlacement, ports: 3 },
    { name: "scheduler", start: startScheduler, ports: 4 },
  ])("$name", ({ start, ports }) => {
    test("starts, listens on the loopback interface only, ends when asked to, and leaves nothing", async () => {
      const service = await start();
      if (process.platform === "linux") {
        const expected = Array.from({ length: ports }, (_, offset) => `127.0.0.1:${service.port + offset}`);
        expect([...listeningAddresses(service.pids[0]!)].sort()).toEqual(expected);
      }
      await service.stop({ hard: false });
      expect(service.pids.some(isAlive)).toBe(false);
      expect(await isPortFree(service.port)).toBe(true);
      expect(existsSync(service.dataFolder)).toBe(false);
    });
  });
});

describeWith(["daprd", "placement", "scheduler"], "daprd with the run's placement and scheduler", (on) => {
  test("invokes an actor that its app hosts", async () => {
    using folder = resourcesFolder({
      "store.yaml": component("store", "state.in-memory", { actorStateStore: "true" }),
    });
    const calls: AppRequest[] = [];
    await using app = await serveApp((request) => {
      if (request.path === "/dapr/config") return { entities: ["Cart"] };
      if (request.path.startsWith("/actors/")) calls.push(request);
      return request.path === "/healthz" || request.path.startsWith("/actors/") ? { items: 1 } : undefined;
    });
    await using daprd = await startDaprd({
      appId: "carts",
      appPort: app.port,
      resourcesFolders: [folder.path],
      placement: on.placement,
      scheduler: on.scheduler,
    });
    const answer = await fetch(`${daprd.httpAddress}/v1.0/actors/Cart/7/method/add`, { method: "PUT", body: "pear" });
    expect(await answer.json()).toEqual({ items: 1 });
    expect(calls[0]).toMatchObject({ method: "PUT", path: "/actors/Cart/7/method/add", body: "pear" });
  });

  test("gives its app a job when it is due", async () => {
    let due: ((path: string) => void) | undefined;
    const delivered = new Promise<string>((resolve) => {
      due = resolve;
    });
    await using app = await serveApp(({ path }) => {
      if (path.startsWith("/job/")) due?.(path);
      return path.startsWith("/job/") ? {} : undefined;
    });
    await using daprd = await startDaprd({
      appId: "jobs",
      appPort: app.port,
      placement: on.placement,
      scheduler: on.scheduler,
    });
    const body = JSON.stringify({ dueTime: "1s", data: "report" });
    const url = `${daprd.httpAddress}/v1.0-alpha1/jobs/nightly`;
    const scheduled = await fetch(url, { method: "POST", headers: json, body });
    expect(scheduled.ok).toBe(true);
    expect(await delivered).toBe("/job/nightly");
  });
});
