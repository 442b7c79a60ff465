import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { afterAll, beforeAll, describe } from "vitest";
import { atOnceBehaviour } from "../../ioredis-5/test/at-once-behaviour.js";
import type { AnyRedis } from "../../ioredis-5/test/client-behaviour.js";
import { memory } from "../../ioredis-5/test/components.js";
import { Redis } from "./redis.js";

describe("a store in memory", () => {
  let components: ComponentFolder;
  beforeAll(async () => {
    components = await useComponents([memory]);
  });
  afterAll(() => components.remove());
  atOnceBehaviour((options) => new Redis({ ...options }) as unknown as AnyRedis);
});
