import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DaprdEngine, type DaprdOptions, type EngineAddresses, startDaprd } from "@mecha/engines";
import { onTestFinished } from "vitest";
import type { ActorClass, ActorFactory, ActorOptions } from "../src/actors/actor-definition.js";
import { ActorRuntime } from "../src/actors/actor-runtime.js";
import { type ActorStream, openActorStream } from "../src/actors/actor-stream.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import { componentYaml, temporaryFolder } from "./mecha-fixture.js";

/** What sidecars with actors need besides themselves. */
export type ActorEngines = Pick<EngineAddresses, "placement" | "scheduler">;

/** Where the sidecars of a test keep what they share. */
export interface ActorFolder {
  readonly resources: string;
  readonly configFile: string;
}

/** A folder with a state store for actors, and the feature that lets their state expire. */
export async function actorFolder(): Promise<ActorFolder> {
  const folder = await temporaryFolder();
  const metadata = { connectionString: join(folder, "state.db"), actorStateStore: "true" };
  const resources = await temporaryFolder({ "state.yaml": componentYaml("actor-state", "state.sqlite", metadata) });
  const configFile = join(folder, "configuration.yaml");
  const features = [{ name: "ActorStateTTL", enabled: true }];
  const configuration = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Configuration",
    metadata: { name: "actors" },
    spec: { features },
  };
  await writeFile(configFile, JSON.stringify(configuration));
  return { resources, configFile };
}

/** Starts a sidecar that hosts or calls actors; it is stopped after the test. */
export async function actorSidecar(
  { placement, scheduler }: ActorEngines,
  { resources, configFile }: ActorFolder,
  options: Pick<DaprdOptions, "appId" | "port" | "appPort" | "appProtocol">,
): Promise<DaprdEngine> {
  const resourcesFolders = [resources];
  const sidecar = await startDaprd({ ...options, resourcesFolders, configFile, placement, scheduler });
  onTestFinished(() => sidecar.stop({ hard: true }));
  return sidecar;
}

/** The facades over a sidecar, closed after the test. */
export function mechaOn({ grpcAddress, appId }: Pick<DaprdEngine, "grpcAddress" | "appId">): Mecha {
  const transport = createGrpcTransport({ address: grpcAddress });
  const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, appId);
  onTestFinished(() => mecha.close());
  return mecha;
}

/** Hosts actors of one type until the test is over. */
export async function hostOn(
  mecha: Mecha,
  definition: ActorClass | ActorFactory,
  options: ActorOptions,
): Promise<ActorStream> {
  const actors = new ActorRuntime(mecha.transport, () => undefined);
  actors.add(definition, options);
  const stream = openActorStream(mecha.transport, actors);
  onTestFinished(() => stream.close());
  await stream.ready;
  return stream;
}

/** A name that no other test has: they share placement, which knows types by their names. */
export function uniqueType(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}
