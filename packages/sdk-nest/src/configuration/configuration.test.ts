import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Injectable, type Type } from "@nestjs/common";
import { ConfigModule, ConfigService, registerAs } from "@nestjs/config";
import { Test, type TestingModule } from "@nestjs/testing";
import { firstValueFrom, lastValueFrom } from "rxjs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  ConfigurationValue,
  type LiveValue,
  MechaModule,
  mechaConfiguration,
  mechaSecrets,
  SecretValue,
} from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-values-"));
const settings = join(folder, "settings");
const set = (key: string, text: string): void => {
  writeFileSync(join(settings, key), text);
};

beforeAll(() => {
  mkdirSync(settings);
  const component = (name: string, type: string, metadata: Readonly<Record<string, string>>): void => {
    const entries = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
    const resource = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name } };
    writeFileSync(
      join(folder, `${name}.json`),
      JSON.stringify({ ...resource, spec: { type, version: "v1", metadata: entries } }),
    );
  };
  writeFileSync(
    join(folder, "vault.secrets"),
    JSON.stringify({ key: "s3cret", database: { user: "ann", password: "pw" } }),
  );
  component("settings", "configuration.file", { path: settings });
  component("vault", "secretstores.local.file", {
    secretsFile: join(folder, "vault.secrets"),
    multiValued: "true",
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const runtime = () => ({ mode: "embedded" as const, appId: "shop", resourcesPaths: [folder] });

async function start(provider: Type): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [MechaModule.forRoot(runtime())],
    providers: [provider],
  }).compile();
  onTestFinished(() => module.close());
  return module.init();
}

@Injectable()
class Prices {
  @SecretValue("vault", "key") readonly key!: string;

  constructor(
    @ConfigurationValue("settings", "discount", { parse: Number, default: 0 }) readonly discount: LiveValue<number>,
    @ConfigurationValue("settings", "currency") readonly currency: LiveValue,
    @SecretValue("vault", "database", { property: "user" }) readonly user: string,
  ) {}
}

// The first test loads the runtime.
test("values are there when a class is made, and stay current", { timeout: 120_000 }, async () => {
  set("currency", "CNY");
  const module = await start(Prices);
  const prices = module.get(Prices);
  expect([prices.discount.value, prices.currency.value, prices.user, prices.key]).toEqual([0, "CNY", "ann", "s3cret"]);

  const next = firstValueFrom(prices.discount.changes);
  set("discount", "15");
  expect(await next).toBe(15);
  expect(prices.discount.value).toBe(15);

  const removed = firstValueFrom(prices.discount.changes);
  rmSync(join(settings, "discount"));
  expect(await removed).toBe(0);

  const last = lastValueFrom(prices.discount.changes, { defaultValue: "completed" });
  await module.close();
  expect(await last).toBe("completed");
});

test("a value that cannot be read later leaves the one before", async () => {
  @Injectable()
  class Limits {
    constructor(
      @ConfigurationValue("settings", "limits", { parse: (text): unknown => JSON.parse(text) })
      readonly limits: LiveValue<unknown>,
    ) {}
  }
  set("limits", '{"rows":1}');
  const { limits } = (await start(Limits)).get(Limits);
  const next = firstValueFrom(limits.changes);
  set("limits", "{");
  set("limits", '{"rows":2}');
  expect(await next).toEqual({ rows: 2 });
});

test("what has no value is named at start, with class and decorator", async () => {
  @Injectable()
  class Wrong {
    constructor(@ConfigurationValue("settings", "absent") readonly value: LiveValue) {}
  }
  await expect(start(Wrong)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message:
      'Wrong, @ConfigurationValue("settings", "absent"): Configuration store "settings" has no value "absent"; write one, or give the decorator a default',
  });

  @Injectable()
  class Secretive {
    constructor(@SecretValue("vault", "database", { property: "port" }) readonly port: string) {}
  }
  await expect(start(Secretive)).rejects.toThrow(
    'Secretive, @SecretValue("vault", "database"): Secret "database" has no text "port"; it has "user", "password"',
  );

  @Injectable()
  class Misnamed {
    constructor(@ConfigurationValue("setings", "discount", { default: "" }) readonly value: LiveValue) {}
  }
  await expect(start(Misnamed)).rejects.toThrow(/^Misnamed, @ConfigurationValue\("setings", "discount"\): .*setings/);
});

test("loaders give @nestjs/config what stores hold at start", async () => {
  set("mail.host", "mail.example.com");
  const connection = runtime();
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot({
        ignoreEnvFile: true,
        load: [
          mechaConfiguration("settings", { connection }),
          registerAs("secrets", mechaSecrets("vault", { keys: ["key", "database"], connection })),
        ],
      }),
    ],
  }).compile();
  const config = module.get(ConfigService);
  expect(config.get("mail.host")).toBe("mail.example.com");
  expect(config.get("secrets.key")).toBe("s3cret");
  expect(config.get("secrets.database.password")).toBe("pw");
  await module.close();
});
