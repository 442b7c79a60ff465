import { expect, test } from "vitest";
import { openWorkshop } from "./installed-app.js";
import { installNestOrders } from "./nest-orders-app.js";

test("the example of NestJS is built and passes its own tests on Nest 11, CommonJS and Jest, as its user has it", {
  timeout: 600_000,
}, async () => {
  await using workshop = await openWorkshop();
  const example = await installNestOrders(workshop, { name: "nest-orders" });
  await example.run("tsc", ["-p", "tsconfig.build.json"]);
  expect(await example.run("jest", ["--ci", "--runInBand"])).toMatch(/Test Suites: (\d+) passed, \1 total/);
});
