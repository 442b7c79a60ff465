import { daprMethods, metadata } from "@mecha/sdk-core/protocol";
import { eventually } from "../eventually.js";
import { uniqueName, type DaprApiFixture } from "./fixture.js";
import { openInbox } from "./topic-inbox.js";

/** What a runtime says of itself. */
export function metadataTests({ test: { it, expect }, endpoint, supports, service }: DaprApiFixture): void {
  it("names the app and every component with its type", async () => {
    const { transport, appId, components } = endpoint();
    const said = await transport.unary(daprMethods.getMetadata, {});
    expect(said.id).toBe(appId);
    const byName = new Map(said.registeredComponents.map((component) => [component.name, component]));
    for (const name of Object.values(components) as string[]) expect(byName.get(name)?.type).toMatch(/^\w+\..+/);
    if (components.state !== undefined) expect(byName.get(components.state)?.capabilities).toContain("ETAG");
    if (supports.mecha === true && components.state !== undefined) {
      expect(said.extendedMetadata[`mecha.backend.${components.state}`]).toMatch(/^\w+/);
    }
  });

  it("says all of it to the facade", async () => {
    const { mecha, appId, components } = endpoint();
    const said = await mecha.metadata();
    expect([said.appId, said.runtimeVersion === ""]).toEqual([appId, false]);
    expect(said.components.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.values(components)));
    // A runtime in the app's own process has no way to it that it could name.
    if (supports.mecha !== true) {
      expect(said.appConnection).toMatchObject({ protocol: "grpc", host: "127.0.0.1" });
      expect(said.appConnection?.port).toBeGreaterThan(0);
      // daprd begins to connect to its placement service with the first actor.
      expect(["initializing", "running"]).toContain(said.actorRuntime?.status);
      expect(said.resiliencies).toContain("redelivery");
      expect(said.schedulers.length).toBeGreaterThan(0);
    }
    expect(await mecha.health()).toEqual({ isReady: true });
    await mecha.waitUntilReady();
  });

  it("names the topics that an app reads by a stream, for as long as it does", async () => {
    const { transport, components } = endpoint();
    if (components.pubsub === undefined) return;
    const topic = uniqueName("topic");
    const streamed = async () => {
      const { subscriptions } = await transport.unary(daprMethods.getMetadata, {});
      return subscriptions.find((one) => one.topic === topic);
    };
    const inbox = await openInbox(transport, { pubsubName: components.pubsub, topic, deadLetterTopic: "dead" });
    expect(await streamed()).toMatchObject({
      pubsubName: components.pubsub,
      deadLetterTopic: "dead",
      type: metadata.PubsubSubscriptionType.STREAMING,
    });
    await inbox.close();
    await eventually("the topic is named no more", async () => (await streamed()) === undefined);
  });

  service("shutdown", (declare) => {
    declare("ends when it is asked to", async (target) => {
      const other = await target.another?.();
      if (other === undefined) throw new Error("a runtime that can be ended needs another one for it");
      try {
        await other.mecha.waitUntilReady();
        await other.mecha.shutdownRuntime();
        await eventually("it has ended", async () => !(await other.mecha.health()).isReady);
      } finally {
        await other.close();
      }
    });
  });

  it("keeps what is set in its extended metadata", async () => {
    const { mecha } = endpoint();
    const key = uniqueName("key");
    await mecha.setMetadata(key, "kept");
    expect((await mecha.metadata()).extended[key]).toBe("kept");
  });
}
