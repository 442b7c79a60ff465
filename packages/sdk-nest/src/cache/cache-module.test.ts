import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mecha } from "@mecha/sdk-core";
import { createKeyvStore } from "@mecha/sdk-core/keyv";
import { CACHE_MANAGER, type Cache, CacheInterceptor, CacheModule, CacheTTL } from "@nestjs/cache-manager";
import { Controller, Get, Inject, UseInterceptors } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { afterAll, expect, test } from "vitest";
import { MechaModule, mechaToken } from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-cache-"));
writeFileSync(
  join(folder, "cache.json"),
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "cache" },
    spec: { type: "state.in-memory", version: "v1" },
  }),
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let computed = 0;

@Controller()
@UseInterceptors(CacheInterceptor)
class Prices {
  constructor(@Inject(CACHE_MANAGER) readonly cache: Cache) {}

  @Get("price")
  @CacheTTL(60_000)
  price(): { computed: number } {
    return { computed: ++computed };
  }
}

test("answers of a controller are cached in a state store", async () => {
  const module = await Test.createTestingModule({
    imports: [
      MechaModule.forRoot({ mode: "embedded", appId: "shop", resourcesPaths: [folder] }),
      CacheModule.registerAsync({
        inject: [mechaToken()],
        useFactory: (mecha: Mecha) => ({ stores: [createKeyvStore(mecha, "cache")], namespace: "http" }),
      }),
    ],
    controllers: [Prices],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, "127.0.0.1");
  const price = async (): Promise<unknown> => (await fetch(`${await app.getUrl()}/price`)).json();

  expect(await price()).toEqual({ computed: 1 });
  const { cache } = app.get(Prices);
  // The interceptor writes after it has answered.
  await expect.poll(() => cache.get("/price"), { timeout: 20_000 }).toEqual({ computed: 1 });
  expect(await price()).toEqual({ computed: 1 });
  expect((await app.get<Mecha>(mechaToken()).state("cache").get("http::http:/price"))?.expiresAt).toBeInstanceOf(Date);
  await cache.clear();
  expect(await price()).toEqual({ computed: 2 });
  await app.close();
});
