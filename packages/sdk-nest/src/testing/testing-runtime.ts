import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MechaError } from "@mecha/sdk-core";
import type * as runtimeModule from "@mecha/runtime";
import type { AppChannel, RuntimeConnection } from "@mecha/sdk-core/protocol";

/** A component of a test: its type, and its metadata where it needs any. */
export type TestComponent = string | { readonly type: string; readonly metadata?: Readonly<Record<string, string>> };

/** What a test's runtime has. */
export interface TestingRuntimeOptions {
  /** Components by name: `{ events: "pubsub.in-memory", orders: "state.in-memory" }`. */
  readonly components?: Readonly<Record<string, TestComponent>>;
  /** Folders or files with resources, besides. @defaultValue none */
  readonly resourcesPaths?: readonly string[];
  /** Name of the app. @defaultValue `test` */
  readonly appId?: string;
}

/** Where a runtime looks for other apps. */
interface Place {
  readonly baseFolder: string;
  /** Called when the runtime has ended. */
  leave(): Promise<void>;
}

/** A runtime of its own, with nothing on any port or shared folder. */
export interface TestingRuntime {
  readonly appId: string;
  /** Other runtimes with this folder are found. */
  readonly baseFolder: string;
  readonly connection: RuntimeConnection;
  /** What the runtime calls in the app; empty while the app is not initialised. */
  readonly channels: readonly AppChannel[];
  close(): Promise<void>;
}

/**
 * Starts a runtime that lives in a folder of its own, so that apps of other tests and processes are not seen.
 *
 * @param neighbour - the folder of a runtime whose app is to be seen
 */
export async function startTestingRuntime(
  options: TestingRuntimeOptions,
  neighbour: string | undefined,
): Promise<TestingRuntime> {
  const { components = {}, resourcesPaths = [], appId = "test" } = options;
  const { createRuntime } = await loadRuntime();
  const { baseFolder, leave } = neighbour === undefined ? await ownPlace() : placeOf(neighbour);
  const file = join(baseFolder, `${randomUUID()}.yaml`);
  // JSON is YAML; what comes after the separator is a document of its own.
  const documents = Object.entries(withActorStore(components)).map(([name, component]) => resource(name, component));
  await writeFile(file, documents.join("\n---\n"));
  const runtime = await createRuntime({
    appId,
    baseFolder,
    // Neither the project of the machine's temporary files nor MECHA_NAMESPACE, which its user may have set for all.
    namespace: `test:${baseFolder}`,
    resourcesPaths: [file, ...resourcesPaths],
    hotReload: false,
    metrics: false,
  }).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  const channels: AppChannel[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= runtime.close().finally(leave));
  return {
    appId,
    baseFolder,
    connection: {
      transport: runtime.transport,
      mode: "embedded",
      attachApp: (attached) => {
        channels.push(attached);
        return runtime.attachApp(attached);
      },
      close,
    },
    channels,
    close,
  };
}

async function ownPlace(): Promise<Place> {
  const baseFolder = await mkdtemp(join(tmpdir(), "mecha-test-"));
  return { baseFolder, leave: () => rm(baseFolder, { recursive: true, force: true }) };
}

function placeOf(baseFolder: string): Place {
  return { baseFolder, leave: () => Promise.resolve() };
}

async function loadRuntime(): Promise<Pick<typeof runtimeModule, "createRuntime">> {
  try {
    return await import("@mecha/runtime");
  } catch (cause) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      "Tests run on the embedded runtime: add @mecha/runtime to the devDependencies",
      {
        cause,
        operation: "nest.test",
      },
    );
  }
}

/** Actors and jobs need a store, which a test seldom cares for. */
function withActorStore(components: Readonly<Record<string, TestComponent>>): Readonly<Record<string, TestComponent>> {
  const hasOne = Object.values(components).some(
    (each) => typeof each !== "string" && each.metadata?.["actorStateStore"] === "true",
  );
  if (hasOne) return components;
  const store = { type: "state.in-memory", metadata: { actorStateStore: "true" } };
  return { ...components, "testing-actors": store };
}

function resource(name: string, component: TestComponent): string {
  const { type, metadata = {} } = typeof component === "string" ? { type: component } : component;
  return JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type, version: "v1", metadata: Object.entries(metadata).map(([key, value]) => ({ name: key, value })) },
  });
}
