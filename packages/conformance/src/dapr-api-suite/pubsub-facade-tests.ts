import type { Mecha } from "@mecha/sdk-core";
import { eventually } from "../eventually.js";
import { uniqueName, type DaprApiFixture } from "./fixture.js";

/** Pub/sub as the facade has it. */
export function pubsubFacadeTests({ test: { expect }, block }: DaprApiFixture): void {
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
  });
}

interface Loop<T> {
  next(): Promise<T>;
  end(): Promise<void>;
}

/** Subscribes by the facade; resolves once events arrive, which a first one of its own shows. */
async function startLoop<T>(mecha: Mecha, name: string, topic: string): Promise<Loop<T>> {
  const events = mecha.pubsub(name).subscribe<unknown>(topic)[Symbol.asyncIterator]();
  const take = async (): Promise<unknown> => {
    const next = await events.next();
    if (next.done === true) throw new Error("the subscription ended");
    next.value.ack();
    return next.value.data;
  };
  const isProbe = (data: unknown): boolean => typeof data === "object" && data !== null && "probe" in data;
  const first = take();
  // A broker in memory forgets what comes before the subscription: the probe is sent until one arrives.
  let arrived = false;
  first.then(
    () => (arrived = true),
    () => (arrived = true),
  );
  await eventually("the probe arrives", async () => {
    if (!arrived) await mecha.pubsub(name).publish(topic, { probe: true });
    return arrived;
  });
  await first;
  return {
    async next() {
      for (;;) {
        const data = await take();
        // Every test publishes the type that it subscribes to.
        if (!isProbe(data)) return data as T;
      }
    },
    async end() {
      await events.return?.();
    },
  };
}
