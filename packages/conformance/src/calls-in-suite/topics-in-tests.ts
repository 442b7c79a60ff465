import type { EventOutcome, TopicEvent } from "@mecha/sdk-core";
import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { TestFunctions } from "../test-functions.js";
import type { CallsInPart, CallsInRun } from "./calls-in.js";
import { Handled } from "./handled.js";

interface Numbered {
  readonly n: number;
}

/** Topics that any host takes: they are streamed where they can be. */
export function topicsIn({ describe, it, expect }: TestFunctions, { components }: CallsInRun): CallsInPart {
  const { pubsub } = components;
  const plain = uniqueName("plain");
  const failing = uniqueName("failing");
  const dropping = uniqueName("dropping");
  const dead = uniqueName("dead");
  const bare = uniqueName("bare");
  const events = new Handled<TopicEvent<Numbered>>();
  const attempts = new Handled<string>();
  const givenUp = new Handled<TopicEvent<string>>();
  const raw = new Handled<TopicEvent>();
  return {
    register: (host) =>
      void host
        .onTopic<Numbered>(pubsub, plain, async (event) => void events.add(event))
        .onTopic<string>(pubsub, failing, async ({ data }): Promise<EventOutcome> => {
          const before = attempts.all.filter((seen) => seen === data).length;
          attempts.add(data);
          if (data === "throws once" && before === 0) throw new Error("not yet");
          return data === "asks once" && before === 0 ? "retry" : "success";
        })
        .onTopic<string>(pubsub, dropping, async ({ data }) => (data === "drops" ? "drop" : "success"), {
          deadLetterTopic: dead,
        })
        .onTopic<string>(pubsub, dead, async (event) => void givenUp.add(event))
        .onTopic(pubsub, bare, async (event) => void raw.add(event), { rawPayload: true }),
    tests: (target) => {
      describe("topics", () => {
        const publisher = () => target().mecha.pubsub(pubsub);

        it("bring the whole CloudEvent", async () => {
          await publisher().publish(plain, { n: 1 });
          const [event] = await events.until("the event came", (seen) => seen.length > 0);
          expect(event).toMatchObject({ data: { n: 1 }, topic: plain, pubsubName: pubsub, specVersion: "1.0" });
          expect(event?.dataContentType).toBe("application/json");
          expect(event?.id).not.toBe("");
        });

        it("bring an event again when its handler throws or asks for it: nothing that failed counts as done", async () => {
          await publisher().publish(failing, "throws once");
          await publisher().publish(failing, "asks once");
          const count = (what: string) => attempts.all.filter((seen) => seen === what).length;
          await attempts.until("both came again", () => count("throws once") === 2 && count("asks once") === 2);
        });

        it("send what a handler drops to the dead letter topic, and only that", async () => {
          await publisher().publish(dropping, "done");
          await publisher().publish(dropping, "drops");
          const [event] = await givenUp.until("the event was given up", (seen) => seen.length > 0);
          expect(event?.data).toBe("drops");
          expect(givenUp.all).toHaveLength(1);
        });

        it("bring bare bytes as they were published", async () => {
          const bytes = Buffer.from([1, 2, 255, 0]);
          await publisher().publish(bare, bytes, { rawPayload: true });
          const [event] = await raw.until("the bytes came", (seen) => seen.length > 0);
          expect([...(event?.bytes ?? [])]).toEqual([...bytes]);
        });
      });
    },
  };
}
