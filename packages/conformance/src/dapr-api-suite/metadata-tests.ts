import { daprMethods } from "@mecha/sdk-core/protocol";
import { uniqueName, type DaprApiFixture } from "./fixture.js";

/** What a runtime says of itself. */
export function metadataTests({ test: { it, expect }, endpoint, supports }: DaprApiFixture): void {
  it("names the app and every component with its type", async () => {
    const { transport, appId, components } = endpoint();
    const metadata = await transport.unary(daprMethods.getMetadata, {});
    expect(metadata.id).toBe(appId);
    const byName = new Map(metadata.registeredComponents.map((component) => [component.name, component]));
    for (const name of Object.values(components) as string[]) expect(byName.get(name)?.type).toMatch(/^\w+\..+/);
    if (components.state !== undefined) expect(byName.get(components.state)?.capabilities).toContain("ETAG");
    if (supports.mecha === true && components.state !== undefined) {
      expect(metadata.extendedMetadata[`mecha.backend.${components.state}`]).toMatch(/^\w+/);
    }
  });

  it("keeps what is set in its extended metadata", async () => {
    const { transport } = endpoint();
    const key = uniqueName("key");
    await transport.unary(daprMethods.setMetadata, { key, value: "kept" });
    expect((await transport.unary(daprMethods.getMetadata, {})).extendedMetadata[key]).toBe("kept");
  });
}
