import { daprMethods, pubsub, type Transport } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";
import { pubsubFacadeTests } from "./pubsub-facade-tests.js";
import { openInbox } from "./topic-inbox.js";

/** Pub/sub: events arrive as they were sent, once if all goes well and again if not. */
export function pubsubTests(fixture: DaprApiFixture): void {
  pubsubFacadeTests(fixture);
  const {
    test: { expect },
    supports,
    block,
  } = fixture;
  block("pubsub", (it) => {
    it("delivers an event in an envelope: JSON stays JSON, text stays text, bytes stay bytes", async (pubsubName, {
      transport,
      appId,
    }) => {
      const topic = uniqueName("topic");
      const inbox = await openInbox(transport, { pubsubName, topic });
      const bytes = Buffer.from([0, 255, 1, 254]);
      await publish(transport, {
        pubsubName,
        topic,
        data: Buffer.from('{"sku":"a-1","count":2}'),
        dataContentType: "application/json",
      });
      await publish(transport, { pubsubName, topic, data: Buffer.from("grüß dich"), dataContentType: "text/plain" });
      await publish(transport, { pubsubName, topic, data: bytes, dataContentType: "application/octet-stream" });
      await inbox.holds(3);
      await inbox.close();
      const byType = new Map(inbox.events.map((event) => [event.dataContentType, event]));
      const json = byType.get("application/json");
      expect(JSON.parse(json?.data.toString() ?? "")).toEqual({ sku: "a-1", count: 2 });
      expect(json).toMatchObject({ topic, pubsubName, source: appId, type: "com.dapr.event.sent", specVersion: "1.0" });
      expect(json?.id).not.toBe("");
      expect(byType.get("text/plain")?.data.toString()).toBe("grüß dich");
      expect(Buffer.compare(byType.get("application/octet-stream")?.data ?? Buffer.alloc(0), bytes)).toBe(0);
    });

    it("takes the attributes of the envelope from the publisher's metadata", async (pubsubName, { transport }) => {
      const topic = uniqueName("topic");
      const inbox = await openInbox(transport, { pubsubName, topic });
      const metadata = {
        "cloudevent.id": uniqueName("event"),
        "cloudevent.type": "order.paid",
        "cloudevent.source": "till",
        "cloudevent.subject": "42",
      };
      await publish(transport, {
        pubsubName,
        topic,
        data: Buffer.from("{}"),
        dataContentType: "application/json",
        metadata,
      });
      await inbox.holds(1);
      await inbox.close();
      expect(inbox.events[0]).toMatchObject({ id: metadata["cloudevent.id"], type: "order.paid", source: "till" });
      expect(inbox.events[0]?.extensions).toMatchObject({ subject: "42", topic, pubsubname: pubsubName });
    });

    it("passes on an envelope that the publisher made itself, with attributes of its own", async (pubsubName, {
      transport,
    }) => {
      const topic = uniqueName("topic");
      const inbox = await openInbox(transport, { pubsubName, topic });
      const id = uniqueName("event");
      const event = {
        specversion: "1.0",
        id,
        source: "till",
        type: "order.paid",
        datacontenttype: "application/json",
        data: { sum: 5 },
        region: "north",
      };
      await publish(transport, {
        pubsubName,
        topic,
        data: Buffer.from(JSON.stringify(event)),
        dataContentType: "application/cloudevents+json",
      });
      await inbox.holds(1);
      await inbox.close();
      expect(inbox.events[0]).toMatchObject({ id, source: "till", type: "order.paid" });
      expect(JSON.parse(inbox.events[0]?.data.toString() ?? "")).toEqual({ sum: 5 });
      expect(inbox.events[0]?.extensions).toMatchObject({ region: "north" });
    });

    it("delivers raw bytes as they are when both sides ask for it", async (pubsubName, { transport }) => {
      const topic = uniqueName("topic");
      const metadata = { rawPayload: "true" };
      const inbox = await openInbox(transport, { pubsubName, topic, metadata });
      const data = Buffer.from([0, 1, 2, 255]);
      await publish(transport, { pubsubName, topic, data, dataContentType: "application/octet-stream", metadata });
      await inbox.holds(1);
      await inbox.close();
      expect(Buffer.compare(inbox.events[0]?.data ?? Buffer.alloc(0), data)).toBe(0);
      expect(inbox.events[0]).toMatchObject({
        dataContentType: "application/octet-stream",
        type: "com.dapr.event.sent",
      });
    });

    if (supports.redelivery === true) redeliveryTests({ expect, it });
    if (supports.messageExtensions === true) extensionTests({ expect, it });

    it("gives up an event that is dropped, and goes on with the next", async (pubsubName, { transport }) => {
      const topic = uniqueName("topic");
      const inbox = await openInbox(transport, { pubsubName, topic }, ({ data }) =>
        data.toString() === "bad" ? "drop" : "success",
      );
      for (const text of ["bad", "good"])
        await publish(transport, { pubsubName, topic, data: Buffer.from(text), dataContentType: "text/plain" });
      await inbox.holds(2);
      await inbox.close();
      expect(inbox.events.map(({ data }) => data.toString()).sort()).toEqual(["bad", "good"]);
    });

    it("sends what is dropped to the dead letter topic", async (pubsubName, { transport }) => {
      const [topic, deadLetterTopic] = [uniqueName("topic"), uniqueName("dead")];
      const dead = await openInbox(transport, { pubsubName, topic: deadLetterTopic });
      const inbox = await openInbox(transport, { pubsubName, topic, deadLetterTopic }, () => "drop");
      await publish(transport, { pubsubName, topic, data: Buffer.from("hopeless"), dataContentType: "text/plain" });
      await dead.holds(1);
      await Promise.all([inbox.close(), dead.close()]);
      expect(dead.events[0]?.data.toString()).toBe("hopeless");
    });

    it("takes many events in one call and delivers each", async (pubsubName, { transport }) => {
      const topic = uniqueName("topic");
      const inbox = await openInbox(transport, { pubsubName, topic });
      const entries = Array.from({ length: 20 }, (_, index) => ({
        entryId: `e${String(index)}`,
        event: Buffer.from(String(index)),
        contentType: "text/plain",
        metadata: {},
      }));
      const response = await transport.unary(daprMethods.bulkPublishEvent, {
        pubsubName,
        topic,
        entries,
        metadata: {},
      });
      expect(response.failedEntries).toEqual([]);
      await inbox.holds(entries.length);
      await inbox.close();
      const received = inbox.events.map(({ data }) => Number(data.toString())).sort((a, b) => a - b);
      expect(received).toEqual(entries.map((_, index) => index));
    });

    it("refuses a bulk with the same entry id twice", async (pubsubName, { transport }) => {
      const entry = { entryId: "same", event: Buffer.from("1"), contentType: "text/plain", metadata: {} };
      const failure = await failureOf(
        transport.unary(daprMethods.bulkPublishEvent, {
          pubsubName,
          topic: uniqueName("topic"),
          entries: [entry, entry],
          metadata: {},
        }),
      );
      expect([failure.grpcStatus, failure.reason]).toEqual([3, "DAPR_PUBSUB_MARSHAL_EVENTS"]);
    });

    it("shares the events of a topic among the streams of one app", async (pubsubName, { transport }) => {
      const topic = uniqueName("topic");
      const [one, other] = [
        await openInbox(transport, { pubsubName, topic }),
        await openInbox(transport, { pubsubName, topic }),
      ];
      for (let index = 0; index < 20; index++) {
        await publish(transport, {
          pubsubName,
          topic,
          data: Buffer.from(String(index)),
          dataContentType: "text/plain",
        });
      }
      const all = (): string[] => [...one.events, ...other.events].map(({ data }) => data.toString());
      await expect.poll(() => new Set(all()).size, { timeout: 10_000 }).toBe(20);
      await Promise.all([one.close(), other.close()]);
      expect(all()).toHaveLength(20);
    });
  });
}

interface Declaring {
  readonly expect: DaprApiFixture["test"]["expect"];
  readonly it: Parameters<Parameters<DaprApiFixture["block"]>[1]>[0];
}

function redeliveryTests({ expect, it }: Declaring): void {
  it("delivers an event again whose handler asks for it, until it is done", async (pubsubName, { transport }) => {
    const topic = uniqueName("topic");
    let deliveries = 0;
    const inbox = await openInbox(transport, { pubsubName, topic }, () => (++deliveries < 3 ? "retry" : "success"));
    await publish(transport, { pubsubName, topic, data: Buffer.from("stubborn"), dataContentType: "text/plain" });
    await inbox.holds(3);
    await inbox.close();
    expect(inbox.events.map(({ data }) => data.toString())).toEqual(["stubborn", "stubborn", "stubborn"]);
    expect(new Set(inbox.events.map(({ id }) => id)).size).toBe(1);
  });

  it("delivers an event again whose stream was lost before it was answered", async (pubsubName, { transport }) => {
    const topic = uniqueName("topic");
    const lost = await openInbox(transport, { pubsubName, topic }, () => new Promise(() => undefined));
    await publish(transport, { pubsubName, topic, data: Buffer.from("precious"), dataContentType: "text/plain" });
    await lost.holds(1);
    const next = await openInbox(transport, { pubsubName, topic });
    await lost.cut();
    await next.holds(1);
    await next.close();
    expect(next.events[0]?.data.toString()).toBe("precious");
    expect(next.events[0]?.id).toBe(lost.events[0]?.id);
  });
}

function extensionTests({ expect, it }: Declaring): void {
  it("gives properties of the message and the number of the delivery as extensions", async (pubsubName, {
    transport,
  }) => {
    const topic = uniqueName("topic");
    const metadata = { rawPayload: "true" };
    let deliveries = 0;
    const inbox = await openInbox(transport, { pubsubName, topic, metadata }, () =>
      ++deliveries === 1 ? "retry" : "success",
    );
    await publish(transport, {
      pubsubName,
      topic,
      data: Buffer.from("x"),
      dataContentType: "text/plain",
      metadata: { ...metadata, colour: "grün" },
    });
    await inbox.holds(2);
    await inbox.close();
    expect(inbox.events.map(({ extensions }) => extensions?.["deliveryattempt"] as unknown)).toEqual([1, 2]);
    expect(inbox.events[0]?.extensions).toMatchObject({ colour: "grün" });
    expect(new Set(inbox.events.map(({ id }) => id)).size).toBe(1);
  });
}

async function publish(transport: Transport, request: Partial<pubsub.PublishEventRequest>): Promise<void> {
  await transport.unary(daprMethods.publishEvent, pubsub.PublishEventRequest.fromPartial(request));
}
