import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller, Get } from "@nestjs/common";
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from "@nestjs/terminus";
import { Test } from "@nestjs/testing";
import { afterAll, expect, test } from "vitest";
import { MechaModule } from "../index.js";
import { MechaHealthIndicator } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-health-"));
writeFileSync(
  join(folder, "orders.json"),
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "orders" },
    spec: { type: "state.in-memory", version: "v1" },
  }),
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

@Controller("health")
class Health {
  constructor(
    readonly checks: HealthCheckService,
    readonly mecha: MechaHealthIndicator,
  ) {}

  @Get("live")
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.mecha.isReachable("runtime"),
      () => this.mecha.hasComponents("components", ["orders"]),
    ]);
  }

  @Get("ready")
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.mecha.hasComponents("components", ["orders", "events", "vault"]),
      () => this.mecha.isHostingActors("actors"),
      () => this.mecha.isReachable("runtime", { runtime: "remote", timeoutMs: 2_000 }),
      () => this.mecha.hasComponents("there", ["orders"], { runtime: "remote", timeoutMs: 2_000 }),
    ]);
  }
}

test("health checks say whether the runtime answers, has its components and hosts actors", async () => {
  const module = await Test.createTestingModule({
    imports: [
      TerminusModule.forRoot({ logger: false }),
      MechaModule.forRoot({ mode: "embedded", appId: "shop", resourcesPaths: [folder] }),
      // Port 9 discards, where there is anything at all.
      MechaModule.forRoot({ name: "remote", mode: "sidecar", endpoint: "127.0.0.1:9", appId: "shop" }),
    ],
    controllers: [Health],
    providers: [MechaHealthIndicator],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, "127.0.0.1");
  const get = async (path: string): Promise<unknown> => (await fetch(`${await app.getUrl()}/health/${path}`)).json();

  expect(await get("live")).toMatchObject({
    status: "ok",
    details: { runtime: { status: "up", mode: "embedded" }, components: { status: "up" } },
  });
  expect(await get("ready")).toMatchObject({
    status: "error",
    error: {
      components: { status: "down", missing: ["events", "vault"] },
      actors: { status: "down" },
      runtime: { status: "down", message: expect.stringContaining("127.0.0.1:9") as unknown },
      there: { status: "down", message: expect.stringContaining("127.0.0.1:9") as unknown },
    },
  });
  await app.close();
});
