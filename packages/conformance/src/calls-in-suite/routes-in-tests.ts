import type { BulkTopicEvent, EventOutcome, TopicEvent } from "@mecha/sdk-core";
import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { TestFunctions } from "../test-functions.js";
import type { CallsInPart, CallsInRun } from "./calls-in.js";
import { Handled } from "./handled.js";

/** Topics for which a runtime has to call the app: rules, batches, and wildcards where the broker has them. */
export function routesIn({ describe, it, expect }: TestFunctions, { components }: CallsInRun): CallsInPart {
  const { pubsub, wildcard } = components;
  const ruled = uniqueName("ruled");
  const batched = uniqueName("batched");
  const single = uniqueName("single");
  const dead = uniqueName("bulk-dead");
  const tree = uniqueName("tree");
  const byRule = new Handled<readonly [string, unknown]>();
  const batches = new Handled<readonly BulkTopicEvent<string>[]>();
  const singles = new Handled<string>();
  const givenUp = new Handled<TopicEvent<string>>();
  const leaves = new Handled<unknown>();
  const ruleHandler = (name: string) => async (event: TopicEvent) => void byRule.add([name, event.data]);
  return {
    register(host) {
      host
        .onTopic(pubsub, ruled, ruleHandler("other"))
        .onTopic(pubsub, ruled, ruleHandler("big"), { match: "int(event.data.n) > 100", priority: 2 })
        .onTopic(pubsub, ruled, ruleHandler("huge"), { match: "int(event.data.n) > 1000", priority: 1 })
        .onBulkTopic<string>(
          pubsub,
          batched,
          async (events) => {
            const before = batches.all.flat().map(({ data }) => data);
            batches.add(events);
            return events.map(({ data }): EventOutcome => {
              if (data === "drops") return "drop";
              return data === "asks once" && !before.includes(data) ? "retry" : "success";
            });
          },
          { bulk: { maxMessagesCount: 10, maxAwaitDurationMs: 300 }, deadLetterTopic: dead },
        )
        .onTopic<string>(pubsub, dead, async (event) => void givenUp.add(event))
        .onTopic<string>(
          pubsub,
          single,
          async ({ data }) => {
            if (
              singles.add(data) > 0 &&
              data === "throws once" &&
              singles.all.filter((one) => one === data).length === 1
            )
              throw new Error("not yet");
          },
          { bulk: { maxMessagesCount: 5, maxAwaitDurationMs: 200 } },
        );
      if (wildcard !== undefined) host.onTopic(wildcard, `${tree}.*`, async (event) => void leaves.add(event.data));
    },
    tests: (target) => {
      describe("routes", () => {
        const publish = (topic: string, ...events: unknown[]) =>
          target()
            .mecha.pubsub(pubsub)
            .publishBulk(
              topic,
              events.map((data) => ({ data })),
            );

        it("go by the first rule that matches, lowest priority first, else to the handler without one", async () => {
          await publish(ruled, { n: 1 }, { n: 500 }, { n: 5000 });
          const seen = await byRule.until("all three came", (all) => all.length >= 3);
          expect([...seen].sort(([one], [other]) => one.localeCompare(other))).toEqual([
            ["big", { n: 500 }],
            ["huge", { n: 5000 }],
            ["other", { n: 1 }],
          ]);
        });

        it("bring batches, and an outcome for each of their events", async () => {
          await publish(batched, "done", "asks once", "drops");
          const count = (what: string) => batches.all.flat().filter(({ data }) => data === what).length;
          await batches.until("what asked came again", () => count("asks once") >= 2 && count("done") >= 1);
          const [first] = batches.all.flat();
          expect(first).toMatchObject({ topic: batched, pubsubName: pubsub, specVersion: "1.0" });
          expect(first?.entryId).not.toBe("");
          const [dropped] = await givenUp.until("what was dropped was given up", (seen) => seen.length > 0);
          expect(dropped?.data).toBe("drops");
        });

        it("bring batches to a handler of single events, of which one fails alone", async () => {
          await publish(single, "done", "throws once", "too");
          const count = (what: string) => singles.all.filter((data) => data === what).length;
          await singles.until("what threw came again", () => count("throws once") >= 2 && count("too") >= 1);
        });

        it("take all topics of a pattern where the broker has patterns", async () => {
          if (wildcard === undefined) return;
          await target().mecha.pubsub(wildcard).publish(`${tree}.leaf`, "leaf");
          expect(await leaves.until("the leaf came", (seen) => seen.length > 0)).toEqual(["leaf"]);
        });
      });
    },
  };
}
