import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand, tryCommand } from "../run-command.js";
import type { ServedPackage } from "./packument.js";
import { startRegistry } from "./registry.js";

let folder: string;
let greeting: ServedPackage;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mecha-registry-"));
  const source = join(folder, "greeting");
  mkdirSync(source);
  writeFileSync(
    join(source, "package.json"),
    JSON.stringify({ name: "@mecha/greeting", version: "1.2.3", main: "index.js" }),
  );
  writeFileSync(join(source, "index.js"), 'module.exports = "hello";\n');
  await runCommand("npm", ["pack", "--pack-destination", folder, source], { cwd: folder });
  greeting = { name: "@mecha/greeting", version: "1.2.3", file: join(folder, "mecha-greeting-1.2.3.tgz") };
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function createApp(name: string, dependencies: Record<string, string>): string {
  const app = join(folder, name);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name, version: "1.0.0", private: true, dependencies }));
  return app;
}

test("npm installs a served tarball under an alias and its code runs", async () => {
  await using registry = await startRegistry([greeting]);
  const app = createApp("aliased", { hello: "npm:@mecha/greeting@^1" });
  await runCommand("npm", ["install", "--no-audit", "--no-fund"], { cwd: app, env: registry.environment });
  expect(await runCommand(process.execPath, ["-p", 'require("hello")'], { cwd: app })).toBe("hello\n");
  const lock = readFileSync(join(app, "package-lock.json"), "utf8");
  expect(lock).toMatch(/"integrity": "sha512-/);
});

test("npm refuses a tarball that is not what the packument promised", async () => {
  const changed = join(folder, "changed.tgz");
  writeFileSync(changed, readFileSync(greeting.file));
  await using registry = await startRegistry([{ ...greeting, file: changed }]);
  const app = createApp("tampered", { "@mecha/greeting": "1.2.3" });
  const install = (): Promise<{ code: number; output: string }> =>
    tryCommand("npm", ["install", "--no-audit", "--no-fund", "--prefer-online"], {
      cwd: app,
      env: { ...registry.environment, npm_config_cache: join(folder, "cache") },
    });
  expect((await install()).code).toBe(0);
  writeFileSync(changed, Buffer.concat([readFileSync(greeting.file), Buffer.from([0])]));
  rmSync(join(app, "node_modules"), { recursive: true });
  rmSync(join(folder, "cache"), { recursive: true });
  const second = await install();
  expect(second.code).not.toBe(0);
  expect(second.output).toContain("EINTEGRITY");
});

test("every other request reaches the registry behind it, with its answer passed back", async () => {
  const asked: string[] = [];
  const upstream = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
  });
  await new Promise<void>((resolve) => {
    upstream.listen(0, "127.0.0.1", resolve);
  });
  const port = (upstream.address() as AddressInfo).port;
  await using registry = await startRegistry([greeting], { upstream: `http://127.0.0.1:${port}/npm/` });
  const answer = await fetch(`${registry.url}/@other%2fthing`);
  expect([answer.status, await answer.json()]).toEqual([404, { error: "not found" }]);
  expect(asked).toEqual(["/npm/@other%2fthing"]);
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

test("an unreachable registry behind it is a 502 that says so", async () => {
  const unused = createServer();
  await new Promise<void>((resolve) => {
    unused.listen(0, "127.0.0.1", resolve);
  });
  const port = (unused.address() as AddressInfo).port;
  await new Promise((resolve) => unused.close(resolve));
  await using registry = await startRegistry([], { upstream: `http://127.0.0.1:${port}` });
  const answer = await fetch(`${registry.url}/thing`);
  expect(answer.status).toBe(502);
  expect(await answer.text()).toContain("did not answer");
});
