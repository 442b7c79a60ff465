import { randomUUID } from "node:crypto";
import { eventually } from "@mecha/conformance";
import { missing, startNacos } from "@mecha/engines";
import { engineStartMs } from "@mecha/engines/vitest";
import { describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component as binding } from "../bindings/nacos.js";
import { component } from "./nacos.js";

const lack = missing("nacos");

describe.skipIf(lack !== undefined)(
  `configuration.nacos on a Nacos that demands a login${lack === undefined ? "" : ` (${lack.remedy})`}`,
  () => {
    it(
      "reads, writes and is told of changes as a user, and is refused without one",
      async () => {
        await using nacos = await startNacos({ auth: true });
        const address = { serverAddr: nacos.address };
        const user = { ...address, username: "nacos", password: "nacos" };
        await expect(component.create(testContext("configuration.nacos", address))).rejects.toMatchObject({
          code: "PERMISSION_DENIED",
        });
        await expect(
          component.create(testContext("configuration.nacos", { ...user, password: "wrong" })),
        ).rejects.toMatchObject({
          code: "UNAUTHENTICATED",
        });

        const store = await component.create(testContext("configuration.nacos", user));
        const writer = await binding.create(testContext("bindings.nacos", user));
        const key = `test-${randomUUID().slice(0, 8)}/a`;
        const told: string[] = [];
        await store.subscribe([key], (items) => void told.push(items.get(key)?.value ?? ""));
        await writer.invoke({ operation: "create", metadata: { fileName: key }, data: Buffer.from("1") });
        await eventually("the change is told", async () => told.length === 1);
        expect((await store.get([key])).get(key)?.value).toBe("1");
        await store.close?.();
        await writer.close?.();
      },
      engineStartMs,
    );
  },
);
