import { setTimeout as delay } from "node:timers/promises";
import { uniqueName, type DaprApiFixture } from "./fixture.js";
import { startLoop } from "./topic-loop.js";

/** What is said of an event by its publisher, and what of that its subscriber sees. */
export function pubsubEventTests({ test: { expect }, block }: DaprApiFixture): void {
  block("pubsub", (it) => {
    it("gives the whole CloudEvent with what its publisher said (js-sdk: data and headers only)", async (name, {
      mecha,
    }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<{ sum: number }>(mecha, name, topic);
      const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const time = new Date("2020-01-02T03:04:05.678Z");
      const said = { id: uniqueName("event"), type: "order.paid", source: "till", subject: "42", traceParent };
      const cloudEvent = { ...said, time, traceState: "a=b", dataSchema: "urn:order", extensions: { region: "north" } };
      await mecha.pubsub(name).publish(topic, { sum: 5 }, { cloudEvent });
      const received = await loop.take();
      const { event } = received;
      received.ack();
      await loop.end();
      expect(event).toMatchObject({ ...said, topic, pubsubName: name, specVersion: "1.0" });
      expect(event.dataContentType).toBe("application/json");
      expect([event.data, event.time, event.traceState]).toEqual([{ sum: 5 }, time, "a=b"]);
      expect(event.extensions).toMatchObject({ region: "north", dataschema: "urn:order" });
    });

    it("fills in what its publisher did not say", async (name, { mecha, appId }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<string>(mecha, name, topic);
      await mecha.pubsub(name).publish(topic, "text", { contentType: "text/plain", cloudEvent: { subject: "42" } });
      const received = await loop.take();
      received.ack();
      await loop.end();
      expect(received.event).toMatchObject({ source: appId, type: "com.dapr.event.sent", subject: "42", data: "text" });
      expect(received.event.id).not.toBe("");
      expect(Math.abs((received.event.time?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it("keeps bytes in an envelope with attributes of the publisher", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<Uint8Array>(mecha, name, topic);
      await mecha.pubsub(name).publish(topic, Uint8Array.of(0, 255), { cloudEvent: { type: "photo" } });
      const received = await loop.take();
      received.ack();
      await loop.end();
      expect(received.event).toMatchObject({ type: "photo", dataContentType: "application/octet-stream" });
      expect([...received.data]).toEqual([0, 255]);
    });

    it("passes bare bytes on as they are", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<Uint8Array>(mecha, name, topic, { rawPayload: true });
      await mecha.pubsub(name).publish(topic, Uint8Array.of(0, 1, 255), { rawPayload: true });
      expect([...(await loop.next())]).toEqual([0, 1, 255]);
      await loop.end();
    });

    it("sends each entry of a bulk with its own type, attributes and metadata (js-sdk drops metadata of entries)", async (name, {
      mecha,
    }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<unknown>(mecha, name, topic);
      const results = await mecha.pubsub(name).publishBulk(topic, [
        { entryId: "json", data: { n: 1 }, metadata: { ttlInSeconds: "100" } },
        { entryId: "text", data: "grüß dich", contentType: "text/plain" },
        { data: Uint8Array.of(255), cloudEvent: { subject: "42" } },
      ]);
      expect(results).toEqual([undefined, undefined, undefined]);
      const events = [await loop.take(), await loop.take(), await loop.take()].map((received) => {
        received.ack();
        return received.event;
      });
      await loop.end();
      const byType = new Map(events.map((event) => [event.dataContentType, event]));
      expect(byType.get("application/json")?.data).toEqual({ n: 1 });
      expect(byType.get("application/json")?.extensions).toHaveProperty("expiration");
      expect(byType.get("text/plain")).toMatchObject({ data: "grüß dich" });
      expect(byType.get("text/plain")?.extensions).not.toHaveProperty("expiration");
      expect(byType.get("application/octet-stream")).toMatchObject({ subject: "42" });
    });

    it("refuses a bulk with the same name of an entry twice", async (name, { mecha }) => {
      const entries = [
        { entryId: "same", data: 1 },
        { entryId: "same", data: 2 },
      ];
      await expect(mecha.pubsub(name).publishBulk(uniqueName("topic"), entries)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        reason: "DAPR_PUBSUB_MARSHAL_EVENTS",
      });
    });

    it("does not deliver an event whose time is over, single or of a bulk", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      await mecha.pubsub(name).publish(topic, "late", { ttlSeconds: 1 });
      const many = { ttlSeconds: 1, metadata: {} };
      expect(await mecha.pubsub(name).publishBulk(topic, [{ data: "late too" }], many)).toEqual([undefined]);
      // Brokers count whole seconds.
      await delay(2_100);
      const loop = await startLoop<string>(mecha, name, topic);
      await mecha.pubsub(name).publish(topic, "in time", { ttlSeconds: 60 });
      const received = await loop.take();
      received.ack();
      await loop.end();
      expect(received.data).toBe("in time");
      const leftMs = Date.parse(String(received.event.extensions["expiration"])) - Date.now();
      expect(leftMs).toBeGreaterThan(50_000);
      expect(leftMs).toBeLessThanOrEqual(60_000);
    });
  });
}
