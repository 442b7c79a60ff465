import type { INestApplication, ModuleMetadata } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { MechaModule } from "../src/index.js";
import { MechaTesting, type TestComponent } from "../src/testing/index.js";

/** An app of a test, on a runtime of its own. */
export interface TestApp extends AsyncDisposable {
  readonly testing: MechaTesting;
  readonly app: INestApplication;
}

/** Starts an app whose module would have it connect to somewhere else. */
export async function startTestApp(
  components: Readonly<Record<string, TestComponent>>,
  { imports = [], ...module }: ModuleMetadata,
): Promise<TestApp> {
  const testing = await MechaTesting.start({ components, timeoutMs: 60_000 });
  const elsewhere = MechaModule.forRoot({ mode: "sidecar", endpoint: "127.0.0.1:9" });
  const builder = Test.createTestingModule({ ...module, imports: [...imports, elsewhere] });
  const compiled = await testing.override(builder).compile();
  compiled.useLogger(false);
  const app = compiled.createNestApplication();
  await app.init();
  return {
    testing,
    app,
    async [Symbol.asyncDispose]() {
      await app.close();
      await testing.close();
    },
  };
}
