import { uniqueName, type DaprApiFixture } from "./fixture.js";
import { pubsubDeliveryTests } from "./pubsub-delivery-tests.js";
import { pubsubEventTests } from "./pubsub-event-tests.js";
import { startLoop } from "./topic-loop.js";

/** Pub/sub as the facade has it. */
export function pubsubFacadeTests(fixture: DaprApiFixture): void {
  const {
    test: { expect },
    block,
  } = fixture;
  pubsubEventTests(fixture);
  pubsubDeliveryTests(fixture);
  block("pubsub", (it) => {
    it("publishes values and yields them, each once it is acknowledged", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<{ n: number }>(mecha, name, topic);
      await mecha.pubsub(name).publish(topic, { n: 1 });
      await mecha.pubsub(name).publish(topic, { n: 2 });
      const seen = [await loop.next(), await loop.next()];
      await loop.end();
      expect(seen.map(({ n }) => n).sort()).toEqual([1, 2]);
    });

    it("publishes many values in one call and says of each what became of it", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<string>(mecha, name, topic);
      const results = await mecha.pubsub(name).publishBulk(topic, [{ data: "a" }, { data: "b" }]);
      const seen = [await loop.next(), await loop.next()];
      await loop.end();
      expect(results).toEqual([undefined, undefined]);
      expect(seen.sort()).toEqual(["a", "b"]);
    });

    it("publishes many values to a runtime that knows the older name only", async (name, { mecha, without }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<string>(mecha, name, topic);
      const results = await without("bulkPublishEvent")
        .pubsub(name)
        .publishBulk(topic, [{ data: "a" }]);
      expect(results).toEqual([undefined]);
      expect(await loop.next()).toBe("a");
      await loop.end();
    });

    it("keeps the refusal of a runtime that has bulk publish by neither name", async (name, { without }) => {
      const none = without("bulkPublishEvent", "bulkPublishEventAlpha1").pubsub(name);
      await expect(none.publishBulk(uniqueName("topic"), [{ data: "a" }])).rejects.toMatchObject({ grpcStatus: 12 });
    });

    it("publishes what is asked for in one tick together, and delivers each once", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<number>(mecha, name, topic);
      const events = mecha.pubsub(name, { coalesce: true });
      const numbers = Array.from({ length: 30 }, (_, index) => index);
      await Promise.all(numbers.map((number) => events.publish(topic, number)));
      const seen: number[] = [];
      for (const _ of numbers) seen.push(await loop.next());
      await loop.end();
      expect(seen.sort((one, other) => one - other)).toEqual(numbers);
    });

    it("publishes the others of a tick where one is too large to go with them, which alone fails", async (name, {
      mecha,
    }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<string>(mecha, name, topic);
      const events = mecha.pubsub(name, { coalesce: { maximumBytes: 64 * 1024 * 1024 } });
      const texts = ["a", "x".repeat(5 * 1024 * 1024), "b"];
      const outcomes = await Promise.allSettled(texts.map((text) => events.publish(topic, text)));
      expect(outcomes).toMatchObject([
        { status: "fulfilled" },
        { reason: { code: "RESOURCE_EXHAUSTED" } },
        { status: "fulfilled" },
      ]);
      expect([await loop.next(), await loop.next()].sort()).toEqual(["a", "b"]);
      await loop.end();
    });

    it("refuses a message that is too large, and goes on with the next (js-sdk fails above 4 MB)", async (name, {
      mecha,
    }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<string>(mecha, name, topic);
      const tooLarge = mecha.pubsub(name).publish(topic, "x".repeat(5 * 1024 * 1024));
      await expect(tooLarge).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED", operation: "pubsub.publish" });
      const large = "y".repeat(3 * 1024 * 1024);
      await mecha.pubsub(name).publish(topic, large);
      expect(await loop.next()).toBe(large);
      await loop.end();
    });

    it("rejects with an Error that says what was refused (js-sdk resolves with { error }, or throws what is none)", async (_name, {
      mecha,
    }) => {
      const refusal = await mecha
        .pubsub("nowhere")
        .publish("t", 1)
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      expect(refusal).toMatchObject({ name: "MechaError", component: "nowhere", operation: "pubsub.publish" });
      const events = mecha.pubsub("nowhere").subscribe("t")[Symbol.asyncIterator]();
      await expect(events.next()).rejects.toMatchObject({ name: "MechaError", component: "nowhere" });
      await expect(mecha.pubsub("nowhere").publishBulk("t", [{ data: 1 }])).rejects.toMatchObject({
        component: "nowhere",
        operation: "pubsub.publishBulk",
      });
    });

    it("changes nothing of what its caller gave (js-sdk mutates options)", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const metadata = Object.freeze({ colour: "red" });
      const options = Object.freeze({ metadata, ttlSeconds: 60, cloudEvent: Object.freeze({ subject: "42" }) });
      await mecha.pubsub(name).publish(topic, Object.freeze({ n: 1 }), options);
      const entries = Object.freeze([Object.freeze({ data: Object.freeze({ n: 1 }), ...options })]);
      expect(await mecha.pubsub(name).publishBulk(topic, entries, Object.freeze({ metadata }))).toEqual([undefined]);
      expect(metadata).toEqual({ colour: "red" });
    });
  });
}
