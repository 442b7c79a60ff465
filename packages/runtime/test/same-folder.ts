import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaprd } from "@mecha/engines";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import type { Transport } from "@mecha/sdk-core/protocol";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { createRuntime } from "../src/runtime.js";

/** A runtime on the folder, and how it is reached. */
export interface FolderSide {
  readonly mecha: Mecha;
  readonly transport: Transport;
}

/** The embedded runtime and a real daprd that have read the same folder, as the same app. */
export interface SameFolder {
  readonly embedded: FolderSide;
  readonly daprd: FolderSide;
  close(): Promise<void>;
}

/** The loopback ports of the HTTP apps that the two call: one each, so that a test knows which of them has called. */
export interface AppPorts {
  readonly embedded: number;
  readonly daprd: number;
}

/**
 * Opens both on one folder.
 *
 * @param resources - gives the documents; gets the path of a folder for the components' files
 * @param appPorts - the apps; without them, neither has one
 */
export async function openSameFolder(
  appId: string,
  resources: (folder: string) => readonly string[],
  appPorts?: AppPorts,
): Promise<SameFolder> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-same-folder-"));
  const path = join(folder, "resources");
  await mkdir(path);
  for (const [index, text] of resources(folder).entries()) await writeFile(join(path, `${String(index)}.yaml`), text);
  const engine = await startDaprd({
    appId,
    resourcesFolders: [path],
    logLevel: "warn",
    ...(appPorts && { appPort: appPorts.daprd }),
  });
  const runtime = await createRuntime({ appId, resourcesPaths: [path], baseFolder: folder, drainTimeoutMs: 1_000 });
  if (appPorts) await runtime.connectApp({ port: appPorts.embedded, protocol: "http" }, new AbortController().signal);
  const transport = createGrpcTransport({ address: engine.grpcAddress });
  const sideOf = (over: Transport, mode: Mecha["mode"]): FolderSide => ({
    transport: over,
    mecha: createMecha({ transport: over, mode, close: () => Promise.resolve() }, appId),
  });
  return {
    embedded: sideOf(runtime.transport, "embedded"),
    daprd: sideOf(transport, "sidecar"),
    async close() {
      await runtime.close();
      await transport.close();
      await engine.stop({ hard: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
