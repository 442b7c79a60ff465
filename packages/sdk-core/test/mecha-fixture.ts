import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type Runtime, serveGrpc } from "@mecha/runtime";
import { onTestFinished } from "vitest";
import { createMecha, type Mecha } from "../src/mecha.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";

/** How calls reach the runtime. */
export type Way = "embedded" | "gRPC";

export const ways: readonly Way[] = ["embedded", "gRPC"];

/** A folder that is gone after the test. */
export async function temporaryFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-sdk-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** The YAML of a component. */
export function componentYaml(name: string, type: string, metadata: Readonly<Record<string, string>> = {}): string {
  const entries = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  const resource = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type, version: "v1", metadata: entries },
  };
  return JSON.stringify(resource);
}

/** A runtime in a folder of its own, closed after the test. */
export async function testRuntime(components: readonly string[], folder?: string): Promise<Runtime> {
  const files = Object.fromEntries(components.map((yaml, index) => [`${index}.json`, yaml]));
  const resources = await temporaryFolder(files);
  const runtime = await createRuntime({
    appId: "under-test",
    resourcesPaths: [resources],
    baseFolder: folder ?? resources,
    drainTimeoutMs: 500,
  });
  onTestFinished(() => runtime.close());
  return runtime;
}

/** The facades over a runtime: in the same process, or over its gRPC door. Closed after the test. */
export async function mechaOver(runtime: Runtime, way: Way): Promise<Mecha> {
  const mecha = way === "embedded" ? embedded(runtime) : await overGrpc(runtime);
  onTestFinished(() => mecha.close());
  return mecha;
}

function embedded(runtime: Runtime): Mecha {
  const connection = {
    mode: "embedded" as const,
    transport: runtime.transport,
    attachApp: runtime.attachApp,
    close: () => Promise.resolve(),
  };
  return createMecha(connection, runtime.appId);
}

async function overGrpc(runtime: Runtime): Promise<Mecha> {
  const door = await serveGrpc(runtime, { port: 0 });
  onTestFinished(() => door.close());
  const transport = createGrpcTransport({ address: door.address });
  return createMecha({ mode: "sidecar", transport, close: () => transport.close() }, runtime.appId);
}
