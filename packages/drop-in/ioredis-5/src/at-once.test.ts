import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { afterAll, beforeAll, describe } from "vitest";
import { atOnceBehaviour } from "../test/at-once-behaviour.js";
import { memory } from "../test/components.js";
import { Redis } from "./redis.js";

describe("a store in memory", () => {
  let components: ComponentFolder;
  beforeAll(async () => {
    components = await useComponents([memory]);
  });
  afterAll(() => components.remove());
  atOnceBehaviour((options) => new Redis({ ...options }));
});
