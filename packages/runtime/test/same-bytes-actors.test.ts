import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type ActorContext, type ActorFactory, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { expect, it, onTestFinished } from "vitest";
import { createRuntime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

const appId = "ledger-app";

const ledger: ActorFactory = {
  create: ({ state }: ActorContext) => ({
    write: ([key, value]: [string, unknown]) => {
      state.set(key, value, { ttlSeconds: 3_600 });
    },
    read: (key: string) => state.get(key),
  }),
};

/** One folder of YAML, and one file of actor state, used by the embedded runtime and by real daprd. */
describeWith(["daprd", "placement", "scheduler"], "the state of actors, embedded and on daprd", (on) => {
  /** Has the ledger hosted on one of the two while a test does something with it. */
  type With = (folder: string, use: (mecha: Mecha) => Promise<void>) => Promise<void>;

  const hosted = async (mecha: Mecha, use: (mecha: Mecha) => Promise<void>): Promise<void> => {
    const host = mecha.host().actor(ledger, { type: "Ledger" });
    await host.start();
    try {
      await use(mecha);
    } finally {
      await host.close();
      await mecha.close();
    }
  };

  const embedded: With = async (folder, use) => {
    await using runtime = await createRuntime({
      appId,
      resourcesPaths: [join(folder, "components")],
      baseFolder: folder,
    });
    const { transport } = runtime;
    const close = (): Promise<void> => Promise.resolve();
    await hosted(createMecha({ transport, mode: "embedded", close }, appId), use);
  };

  const daprd: With = async (folder, use) => {
    const sidecar = await startDaprd({
      appId,
      resourcesFolders: [join(folder, "components")],
      configFile: join(folder, "configuration.yaml"),
      placement: on.placement,
      scheduler: on.scheduler,
    });
    onTestFinished(() => sidecar.stop({ hard: true }));
    const transport = createGrpcTransport({ address: sidecar.grpcAddress });
    await hosted(createMecha({ transport, mode: "sidecar", close: () => transport.close() }, appId), use);
    await sidecar.stop();
  };

  it.each([
    { from: "the embedded runtime", to: "daprd", write: embedded, read: daprd },
    { from: "daprd", to: "the embedded runtime", write: daprd, read: embedded },
  ])("what an actor keeps on $from, it finds on $to", async ({ write, read }) => {
    const folder = await resourceFolder({});
    const state = componentYaml("store", "state.sqlite", {
      connectionString: join(folder, "state.db"),
      actorStateStore: "true",
    });
    await mkdir(join(folder, "components"));
    await writeFile(join(folder, "components", "state.yaml"), state);
    const features = [{ name: "ActorStateTTL", enabled: true }];
    const configuration = {
      apiVersion: "dapr.io/v1alpha1",
      kind: "Configuration",
      metadata: { name: "actors" },
      spec: { features },
    };
    await writeFile(join(folder, "configuration.yaml"), JSON.stringify(configuration));

    await write(folder, async (mecha) => {
      await mecha.actor("Ledger", "a").invoke("write", ["entry", { amount: 12.5, note: "ä" }]);
      await mecha.actor("Ledger", "b").invoke("write", ["entry", 7]);
    });
    await read(folder, async (mecha) => {
      const actor = mecha.actor("Ledger", "a");
      expect(await actor.invoke("read", "entry")).toEqual({ amount: 12.5, note: "ä" });
      expect((await actor.state.get("entry"))?.metadata).toHaveProperty("ttlExpireTime");
      expect(await mecha.actor("Ledger", "b").invoke("read", "entry")).toBe(7);
      await actor.invoke("write", ["entry", "changed"]);
      expect(await actor.invoke("read", "entry")).toBe("changed");
    });
  });
});
