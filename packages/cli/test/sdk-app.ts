import { componentYaml } from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { onTestFinished } from "vitest";
import { startMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

const components = {
  "store.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  "events.yaml": componentYaml("events", "pubsub.in-memory", { "mecha.redeliverInterval": "10ms" }),
  "settings.yaml": componentYaml("settings", "configuration.file", { path: "settings" }),
  "vault.yaml": componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
};

const files = { "secrets.json": JSON.stringify({ "suite-secret": "open sesame" }), "settings/color": "red" };

/** How long an app may take: virtual machines of other languages start slowly beside other tests. */
export const sdkAppMs = 300_000;

/**
 * Runs an app on an official SDK beside `mecha run`, with components of every block that it uses. Once it says that it watches the
 * configuration, its key `color` becomes `blue`.
 *
 * @returns the lines that it printed, and its exit code last
 */
export async function runSdkApp(
  command: readonly string[],
  { appProtocol }: { readonly appProtocol: "http" | "grpc" },
): Promise<readonly string[]> {
  const folder = await createRunFolder(components, files);
  onTestFinished(() => folder.remove());
  const port = String(await freePortFamily([0]));
  const flags = ["--app-id", "on-an-sdk", "--app-port", port, "--app-protocol", appProtocol];
  const mecha = startMecha(["run", ...flags, "--", ...command], { cwd: folder.path });
  onTestFinished(() => mecha.stop());
  await mecha.said("watching the configuration");
  await folder.replace("settings/color", "blue");
  const code = await mecha.ended;
  return [...mecha.lines.map((line) => line.replace("== APP == ", "")), `exit code ${String(code)}`];
}

/** What the apps of all SDKs print. */
export const sdkAppLines = [
  "stale etag refused true",
  'state {"paid":true}',
  "bulk 3 true",
  "deleted true",
  "secret open sesame",
  "secrets 1",
  "configuration red",
  "metadata on-an-sdk",
  "invoke 42",
  "nobody answers true",
  'event {"n":1}',
  'events {"n":2} {"n":3}',
  "configuration changed to blue",
  "done",
  "exit code 0",
];

/** What those print that host actors. */
export const actorLines = ["actor 42", "actor state 42", "reminder wake hello", "timer hi"];
