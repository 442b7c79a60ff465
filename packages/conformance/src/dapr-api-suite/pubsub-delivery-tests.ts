import { eventually } from "../eventually.js";
import { uniqueName, type DaprApiFixture, type DeclareTest } from "./fixture.js";
import { startLoop } from "./topic-loop.js";

/** Who gets an event, in which order, and when again. */
export function pubsubDeliveryTests({ test: { expect }, block, supports }: DaprApiFixture): void {
  block("orderedPubsub", (it) => {
    it("delivers the events of a topic in the order of their publishing", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<number>(mecha, name, topic);
      const numbers = Array.from({ length: 30 }, (_, index) => index);
      for (const number of numbers) await mecha.pubsub(name).publish(topic, number);
      const seen: number[] = [];
      for (const _ of numbers) seen.push(await loop.next());
      await loop.end();
      expect(seen).toEqual(numbers);
    });
  });

  block("pubsub", (it) => {
    if (supports.redelivery === true) redeliveryTests(expect, it);

    it("goes on with one subscriber when the other stops, which gives back what it holds", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const publish = (number: number): Promise<void> => mecha.pubsub(name).publish(topic, number);
      const stopping = await startLoop<number>(mecha, name, topic);
      await publish(0);
      const held = await stopping.take();
      const seen = new Set<unknown>();
      const staying = mecha.host().onTopic(name, topic, async ({ data }) => void seen.add(data));
      await staying.start();
      // Some of these may come to the one that stops, which never looks at them.
      for (let number = 1; number < 10; number++) await publish(number);
      await stopping.end();
      for (let number = 10; number < 20; number++) await publish(number);
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      await eventually("all come to the one that stays", async () => numbers.every((each) => seen.has(each)), 20_000);
      await staying.close();
      expect(held.data).toBe(0);
    });

    it("delivers to the handlers of two topics, each its own", async (name, { mecha }) => {
      const topics = [uniqueName("topic"), uniqueName("topic")];
      const seen: string[] = [];
      const host = mecha.host();
      for (const topic of topics)
        host.onTopic<string>(name, topic, async ({ data }) => void seen.push(`${topic}: ${data}`));
      await host.start();
      for (const topic of topics) await mecha.pubsub(name).publish(topic, `to ${topic}`);
      await eventually("the events arrive", async () => seen.length === 2);
      await host.close();
      expect([...seen].sort()).toEqual(topics.map((topic) => `${topic}: to ${topic}`).sort());
    });

    it("sends to the dead letter topic what a loop gives up", async (name, { mecha }) => {
      const [topic, deadLetterTopic] = [uniqueName("topic"), uniqueName("dead")];
      const dead = await startLoop<string>(mecha, name, deadLetterTopic);
      const loop = await startLoop<string>(mecha, name, topic, { deadLetterTopic });
      await mecha.pubsub(name).publish(topic, "hopeless");
      (await loop.take()).drop();
      expect(await dead.next()).toBe("hopeless");
      await loop.end();
      await dead.end();
    });

    it("has at most as many events under way as its subscriber allows", async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const loop = await startLoop<number>(mecha, name, topic, { maxInFlight: 2 });
      for (let number = 0; number < 5; number++) await mecha.pubsub(name).publish(topic, number);
      const held = [await loop.take(), await loop.take()];
      const state = { hasMore: false };
      const third = loop.take().then((event) => {
        state.hasMore = true;
        return event;
      });
      // A subscription from its beginning to its first event: time enough for a third.
      const other = await startLoop<string>(mecha, name, uniqueName("topic"));
      await other.end();
      expect(state.hasMore).toBe(false);
      for (const event of held) event.ack();
      const rest = [(await third).data];
      (await third).ack();
      rest.push(await loop.next(), await loop.next());
      await loop.end();
      expect([...held.map(({ data }) => data), ...rest].sort()).toEqual([0, 1, 2, 3, 4]);
    });
  });
}

function redeliveryTests(expect: DaprApiFixture["test"]["expect"], declare: DeclareTest): void {
  declare(
    "delivers an event again whose handler throws (js-sdk acknowledges it as SUCCESS)",
    async (name, { mecha }) => {
      const topic = uniqueName("topic");
      const failures: string[] = [];
      const seen: string[] = [];
      const host = mecha.host({ onError: ({ message }) => void failures.push(message) });
      host.onTopic(name, topic, async ({ id }) => {
        if (seen.push(id) === 1) throw new Error("out of paper");
      });
      await host.start();
      await mecha.pubsub(name).publish(topic, "precious");
      await eventually("it comes again", async () => seen.length === 2, 20_000);
      await host.close();
      expect(new Set(seen).size).toBe(1);
      expect(failures).toEqual([expect.stringContaining("out of paper")]);
    },
  );

  declare("delivers to a loop again what it asks to have again", async (name, { mecha }) => {
    const topic = uniqueName("topic");
    const loop = await startLoop<string>(mecha, name, topic);
    await mecha.pubsub(name).publish(topic, "stubborn");
    const once = await loop.take();
    once.retry();
    const twice = await loop.take();
    twice.ack();
    await loop.end();
    expect([once.data, twice.data]).toEqual(["stubborn", "stubborn"]);
    expect(twice.event.id).toBe(once.event.id);
  });
}
