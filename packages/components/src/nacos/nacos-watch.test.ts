import { eventually } from "@mecha/conformance";
import { expect, it } from "vitest";
import { md5Of, type NacosConfigs } from "./nacos-configs.js";
import { createNacosWatch } from "./nacos-watch.js";

const address = { tenant: "", group: "g", dataId: "d" };

/** A Nacos with one item, whose polls end when the item is not what the poll knows. */
function oneItem() {
  let content = "first";
  const changed = new Set<() => void>();
  // The watch calls no other methods.
  const configs = {
    get: async () => ({ content, md5: md5Of(content) }),
    async poll(_tenant, items, signal) {
      while (items[0]?.md5 === md5Of(content)) {
        await new Promise<void>((resolve, reject) => {
          changed.add(resolve);
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          if (signal.aborted) reject(new Error("aborted"));
        });
      }
      return [address];
    },
  } satisfies Pick<NacosConfigs, "get" | "poll"> as unknown as NacosConfigs;
  return {
    configs,
    publish(next: string): void {
      content = next;
      for (const wake of changed) wake();
    },
  };
}

it("tells a listener of a change that others were told of while it looked", async () => {
  const { configs, publish } = oneItem();
  const watch = createNacosWatch("", configs, { lost: () => undefined, regained: () => undefined });
  const [early, late]: [string[], string[]] = [[], []];
  try {
    watch.add(address, md5Of("first"), (current) => early.push(current?.content ?? ""));
    publish("second");
    await eventually("the first was told", async () => early.includes("second"));

    watch.add(address, md5Of("first"), (current) => late.push(current?.content ?? ""));

    await eventually("the second was told", async () => late.includes("second"));
    expect(late).toEqual(["second"]);
  } finally {
    watch.close();
  }
});
