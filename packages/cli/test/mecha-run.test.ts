import { constants } from "node:os";
import { componentYaml } from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { daprMethods, state, type Transport } from "@mecha/sdk-core/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { startMecha, type MechaRunOptions, type RunningMecha } from "./mecha-run.js";
import { createRunFolder, type RunFolder } from "./run-folder.js";

// Each test starts processes, some of them five, which takes long on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const components = {
  "store.yaml": componentYaml("store", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
};

/** An app that says its environment and then does what its words say. */
const app = `
const { APP_ID, APP_PORT, DAPR_HTTP_PORT, DAPR_GRPC_PORT } = process.env;
console.log("environment", JSON.stringify({ APP_ID, APP_PORT, http: DAPR_HTTP_PORT > 0, grpc: DAPR_GRPC_PORT > 0 }));
console.error("a complaint");
const [what, more] = process.argv.slice(2);
if (what === "exit") process.exitCode = Number(more);
if (what === "wait") {
  const timer = setInterval(() => undefined, 1000);
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => { console.log("got", signal); clearInterval(timer); process.exitCode = 3; });
  console.log("waiting");
}
if (what === "serve") {
  const { createServer } = await import("node:http");
  createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (request.url.startsWith("/dapr/")) return response.writeHead(404).end();
    response.writeHead(409, { "content-type": "text/x-reply", "x-verb": request.method }).end("got " + body);
  }).listen(APP_PORT, "127.0.0.1");
}
`;

async function folder(files: Readonly<Record<string, string>> = {}): Promise<RunFolder> {
  const made = await createRunFolder(components, { "app.mjs": app, ...files });
  onTestFinished(() => made.remove());
  return made;
}

function start(args: readonly string[], options: MechaRunOptions): RunningMecha {
  const mecha = startMecha(args, options);
  onTestFinished(() => mecha.stop());
  return mecha;
}

async function transportTo(mecha: RunningMecha, apiToken = ""): Promise<Transport> {
  const transport = createGrpcTransport({ address: await mecha.grpcAddress(), apiToken });
  onTestFinished(() => transport.close());
  return transport;
}

test("the app gets the addresses in its environment, and its exit code becomes that of the command", async () => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "--app-id", "orders", "--", "node", "app.mjs", "exit", "5"], { cwd });
  expect(await mecha.ended).toBe(5);
  expect(mecha.lines).toContain('== APP == environment {"APP_ID":"orders","http":true,"grpc":true}');
  expect(mecha.lines).toContain("== APP == a complaint");
});

test("the start says what is loaded, where it answers, what it does not, and which flags change nothing", async () => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "-a", "orders", "--mode", "standalone", "--profile-port", "9", "--", "node", "app.mjs"], {
    cwd,
  });
  expect(await mecha.ended).toBe(0);
  const said = mecha.lines.join("\n");
  expect(said).toContain("components: events (pubsub.in-memory/v1), store (state.in-memory/v1)");
  expect(said).toMatch(/HTTP API on http:\/\/127\.0\.0\.1:\d+, gRPC API on 127\.0\.0\.1:\d+/u);
  expect(said).toMatch(/not answered here: .*startWorkflow/u);
  expect(said).toContain("ignored: --mode: ");
  expect(said).toContain("ignored: --profile-port: ");
});

test.each(["SIGTERM", "SIGINT"] as const)("%s goes to the app, which decides what follows", async (signal) => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "--", "node", "app.mjs", "wait"], { cwd });
  await mecha.said("waiting");
  mecha.signal(signal);
  expect(await mecha.ended).toBe(3);
  expect(mecha.lines).toContain(`== APP == got ${signal}`);
});

test("a signal that comes while the components start ends the run, and the app is not started", async () => {
  // A component that starts when the signal has come.
  const slow = `export const component = { type: "state.slow", create: () => new Promise((resolve) => {
    process.once("SIGTERM", () => resolve({ backend: "none", features: [], get: async () => [], write: async () => [] }));
    console.log("the component starts");
  }) };`;
  const { path: cwd } = await folder({
    "components/slow.mjs": slow,
    "components/slow.yaml": componentYaml("slow", "state.slow", { "mecha.module": "./slow.mjs" }),
  });
  const mecha = start(["run", "--app-port", "1", "--", "node", "app.mjs", "wait"], { cwd });
  await mecha.said("the component starts");
  mecha.signal("SIGTERM");
  expect(await mecha.ended).toBe(128 + constants.signals.SIGTERM);
  expect(mecha.lines.filter((line) => line.startsWith("== APP =="))).toEqual([]);
});

test.each([
  ["starts", "create: () => stuck()"],
  ["closes", "create: async () => ({ backend: 'none', features: [], get: async () => [], close: () => stuck() })"],
])("the third signal ends the run while a component %s and does not come to its end", async (_, members) => {
  const stuck = `const stuck = () => new Promise(() => { setInterval(() => undefined, 1000); console.log("no end of it"); });
  export const component = { type: "state.stuck", ${members} };`;
  const { path: cwd } = await folder({
    "components/stuck.mjs": stuck,
    "components/stuck.yaml": `${componentYaml("stuck", "state.stuck", { "mecha.module": "./stuck.mjs" })}  initTimeout: 10m\n`,
  });
  const mecha = start(["run", "--", "node", "app.mjs", "exit", "0"], { cwd });
  await mecha.said("no end of it");
  // Three of one kind might come as one.
  const sent = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  for (const signal of sent) mecha.signal(signal);
  expect(sent.map((signal) => 128 + constants.signals[signal])).toContain(await mecha.ended);
});

test("Shutdown over the API ends the app, and the doors with it", async () => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "--", "node", "app.mjs", "wait"], { cwd });
  await mecha.said("waiting");
  const address = await mecha.httpAddress();
  expect((await fetch(`${address}/v1.0/shutdown`, { method: "POST" })).status).toBe(204);
  expect(await mecha.ended).toBe(3);
  expect(mecha.lines).toContain("== APP == got SIGTERM");
  await expect(fetch(`${address}/v1.0/healthz`)).rejects.toThrow();
});

test("without a command, the runtime alone runs until a signal comes, and follows its components", async () => {
  const { path: cwd, replace } = await folder();
  const mecha = start(["run", "--app-id", "alone"], { cwd });
  const transport = await transportTo(mecha);
  expect((await transport.unary(daprMethods.getMetadata, {})).id).toBe("alone");

  const get = state.GetStateRequest.fromPartial({ storeName: "store", key: "1" });
  const saved = { key: "1", value: Buffer.from("old"), metadata: {} };
  await transport.unary(daprMethods.saveState, { storeName: "store", states: [saved] });
  expect(String((await transport.unary(daprMethods.getState, get)).data)).toBe("old");
  await replace("components/store.yaml", componentYaml("store", "state.sqlite", { connectionString: "new.db" }));
  await mecha.said('component "store" (state.sqlite) is replaced');
  expect(String((await transport.unary(daprMethods.getState, get)).data)).toBe("");
  mecha.signal("SIGTERM");
  expect(await mecha.ended).toBe(0);
});

test("the runtime is well only once the app listens; outbound it is before", async () => {
  const { path: cwd } = await folder();
  const port = await freePortFamily([0]);
  const mecha = start(["run", "--app-port", String(port)], { cwd });
  const address = await mecha.httpAddress();
  expect((await fetch(`${address}/v1.0/healthz`)).status).toBe(500);
  expect((await fetch(`${address}/v1.0/healthz/outbound`)).status).toBe(204);
  mecha.signal("SIGTERM");
  expect(await mecha.ended).toBe(0);
});

test("both doors want the API token, which is never said", async () => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "--app-id", "guarded"], { cwd, environment: { DAPR_API_TOKEN: "open-sesame" } });
  const address = await mecha.httpAddress();
  const metadata = (headers: Readonly<Record<string, string>>) => fetch(`${address}/v1.0/metadata`, { headers });
  expect((await metadata({})).status).toBe(401);
  expect((await metadata({ "dapr-api-token": "wrong" })).status).toBe(401);
  expect((await metadata({ "dapr-api-token": "open-sesame" })).status).toBe(200);
  expect((await fetch(`${address}/v1.0/healthz`)).status).toBe(204);
  const [without, wrong, right] = await Promise.all(
    ["", "wrong", "open-sesame"].map((token) => transportTo(mecha, token)),
  );
  await expect(without?.unary(daprMethods.getMetadata, {})).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: "authentication error: api token missing",
  });
  await expect(wrong?.unary(daprMethods.getMetadata, {})).rejects.toMatchObject({
    message: "authentication error: api token mismatch",
  });
  expect((await right?.unary(daprMethods.getMetadata, {}))?.id).toBe("guarded");
  expect(mecha.lines.join("\n")).not.toContain("open-sesame");
});

test("a Configuration keeps secrets from the app", async () => {
  const { path: cwd, replace } = await folder({ "secrets.json": '{ "open": "o", "shut": "s" }' });
  const vault = componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" });
  await replace("components/vault.yaml", vault);
  const scopes = [{ storeName: "vault", deniedSecrets: ["shut"] }];
  const configuration = { apiVersion: "dapr.io/v1alpha1", kind: "Configuration", metadata: { name: "c" } };
  await replace("config.yaml", JSON.stringify({ ...configuration, spec: { secrets: { scopes } } }));
  const transport = await transportTo(start(["run", "--app-id", "guarded", "-c", "config.yaml"], { cwd }));
  const get = (key: string) => transport.unary(daprMethods.getSecret, { storeName: "vault", key, metadata: {} });
  expect((await get("open")).data).toEqual({ open: "o" });
  await expect(get("shut")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
});

test("Unix sockets stand in for ports", async () => {
  const { path: cwd } = await folder();
  const mecha = start(["run", "--app-id", "sockets", "--unix-domain-socket", cwd], { cwd });
  const transport = await transportTo(mecha);
  expect(await mecha.grpcAddress()).toBe(`unix:${cwd}/dapr-sockets-grpc.socket`);
  expect((await transport.unary(daprMethods.getMetadata, {})).id).toBe("sockets");
});

test("apps of two runs call each other over HTTP, with status, headers and body of the one that answers", async () => {
  const { path: cwd } = await folder();
  const port = String(await freePortFamily([0]));
  const called = start(["run", "--app-id", "called", "--app-port", port, "--", "node", "app.mjs", "serve"], { cwd });
  const caller = start(["run", "--app-id", "caller"], { cwd });
  await called.said("the app answers");
  const reply = await fetch(`${await caller.httpAddress()}/v1.0/invoke/called/method/a?b=c`, {
    method: "PATCH",
    body: "this",
  });
  expect([reply.status, reply.headers.get("content-type"), reply.headers.get("x-verb")]).toEqual([
    409,
    "text/x-reply",
    "PATCH",
  ]);
  expect(await reply.text()).toBe("got this");
});

test("an app that cannot be started, and arguments that make no sense, are told apart", async () => {
  const { path: cwd } = await folder();
  const missing = start(["run", "--", "no-such-program"], { cwd });
  expect(await missing.ended).toBe(1);
  expect(missing.lines.join("\n")).toContain('The app cannot be started with "no-such-program"');
  const refused = [
    ["--app-port", "many"],
    ["--app-protocol", "h2c"],
    ["--max-body-size", "big"],
    ["--no-such-flag"],
  ].map((wrong) => start(["run", ...wrong], { cwd }).ended);
  expect(await Promise.all(refused)).toEqual([2, 2, 2, 2]);
});

test("components that are wrong end the run before the app starts", async () => {
  const { path: cwd, replace } = await folder();
  await replace("components/wrong.yaml", componentYaml("wrong", "state.nowhere"));
  const mecha = start(["run", "--", "node", "app.mjs", "wait"], { cwd });
  expect(await mecha.ended).toBe(1);
  expect(mecha.lines.join("\n")).toMatch(/error: .*wrong\.yaml.*state\.nowhere/u);
  expect(mecha.lines.join("\n")).not.toContain("== APP ==");
});

test("a run file runs all its apps, each with what it and the common part say", async () => {
  const runFile = `
version: 1
common:
  resourcesPath: ./components
  env: { SHARED: common, OWN: common }
  appLogDestination: file
  apport: 1
apps:
  - appID: first
    appDirPath: .
    env: { OWN: first }
    command: ["node", "env.mjs", "0"]
  - appID: second
    appDirPath: .
    appPort: ${await freePortFamily([0])}
    appport: 1
    command: ["node", "env.mjs", "4"]
`;
  // The one that has a port ends at the first call, so that its connection breaks before its end is known.
  const env = `
import { createServer } from "node:http";
console.log(process.env.APP_ID, process.env.SHARED, process.env.OWN);
const end = () => process.exit(Number(process.argv[2]));
if (process.env.APP_PORT === undefined) end();
createServer(end).listen(process.env.APP_PORT, "127.0.0.1");
`;
  const { path: cwd } = await folder({ "dapr.yaml": runFile, "env.mjs": env });
  const mecha = start(["run", "-f", "."], { cwd });
  expect(await mecha.ended).toBe(4);
  expect(mecha.lines).toContain("first | == APP == first common first");
  expect(mecha.lines.filter((line) => line.includes("ignored: "))).toEqual([
    "[mecha] warn run: ignored: common.appLogDestination: all lines come out here, after the name of the app",
    "[mecha] warn run: ignored: common.apport: nobody reads it",
    "[mecha] warn run: ignored: apps.1.appport: did you mean appPort?",
  ]);
  expect(mecha.lines).toContain("second | == APP == second common common");
  expect(mecha.lines.join("\n")).toContain("first | [mecha] info run: components: events (pubsub.in-memory/v1)");
});

test("the apps of a run file find each other, also where each is a project of its own", async () => {
  const ports = [await freePortFamily([0]), await freePortFamily([0])] as const;
  const runFile = `
version: 1
apps:
  - { appID: asked, appDirPath: asked, appPort: ${ports[0]}, command: [node, ../app.mjs, serve] }
  - { appID: asking, appDirPath: asking, command: [node, ../ask.mjs] }
`;
  const ask = `
const address = "http://127.0.0.1:" + process.env.DAPR_HTTP_PORT + "/v1.0/invoke/asked/method/any";
const ask = () => fetch(address, { method: "POST", body: "it" });
let answer = await ask();
for (; answer.status === 500; answer = await ask()) await new Promise((resolve) => setTimeout(resolve, 50));
console.log(await answer.text());
`;
  const { path: cwd } = await folder({
    "dapr.yaml": runFile,
    "ask.mjs": ask,
    "asked/package.json": "{}",
    "asking/package.json": "{}",
  });
  const mecha = start(["run", "-f", "."], { cwd });
  await mecha.said("asking | == APP == got it");
  mecha.signal("SIGTERM");
  await mecha.ended;
});

test("an interrupt ends all apps of a run file", async () => {
  const runFile = `
version: 1
apps:
  - { appID: first, appDirPath: ., resourcesPaths: [components], command: [node, app.mjs, wait] }
  - { appID: second, appDirPath: ., resourcesPaths: components, command: [node, app.mjs, wait] }
`;
  const { path: cwd } = await folder({ "dapr.yaml": runFile });
  const mecha = start(["run", "-f", "dapr.yaml"], { cwd });
  await Promise.all([mecha.said("first | == APP == waiting"), mecha.said("second | == APP == waiting")]);
  mecha.signal("SIGTERM");
  expect(await mecha.ended).toBe(3);
  expect(mecha.lines.filter((line) => line.endsWith("got SIGTERM"))).toHaveLength(2);
});

test("a run file that cannot be used is named with what is wrong", async () => {
  const { path: cwd } = await folder({ "dapr.yaml": "version: 1\napps: [{ appID: a }]\n" });
  const mecha = start(["run", "-f", "."], { cwd });
  expect(await mecha.ended).toBe(1);
  expect(mecha.lines.join("\n")).toMatch(/run file dapr\.yaml cannot be used: apps\.0\.appDirPath: each app needs/u);
});
