import { describe, expect, it } from "vitest";
import { catalogue } from "./index.js";

describe("the catalogue", () => {
  it.each(Object.keys(catalogue))("loads %s under its own name", async (type) => {
    const { component } = (await catalogue[type]?.()) ?? {};
    expect(component?.type).toBe(type);
  });

  it("marks the types whose data does not outlive the process", async () => {
    const volatile: string[] = [];
    for (const [type, load] of Object.entries(catalogue)) if ((await load()).component.volatile) volatile.push(type);
    expect(volatile).toEqual(["configuration.in-memory", "lock.in-memory", "pubsub.in-memory", "state.in-memory"]);
  });

  it("is in alphabetical order, so that a type is found and added where one looks", () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).sort());
  });
});
