import { describe, expect, it } from "vitest";
import { host } from "../../test/hosted-actors.js";
import { PlayedDaprd } from "../../test/played-daprd.js";
import type { Mecha } from "../mecha.js";
import type { ActorContext } from "./actor-definition.js";

describe("a reentrant actor", () => {
  /** Calls itself as deep as it is told, and fails at the bottom if it is told. */
  const nesting = (mecha: Mecha) => ({
    create: ({ state }: ActorContext) => ({
      async nest({ depth, failAt }: { depth: number; failAt?: number }): Promise<string> {
        state.set(`level ${String(depth)}`, depth);
        const inner = { depth: depth - 1, ...(failAt !== undefined && { failAt }) };
        const below =
          depth === 0
            ? ""
            : await mecha
                .actor("Cart", "42")
                .invoke<string>("nest", inner)
                .catch(() => "x");
        if (failAt === depth) throw new Error("told to");
        return `${String(depth)}${below}`;
      },
    }),
  });
  const start = { metadata: { "Dapr-Reentrancy-Id": "chain-1" } };

  it("can be called back by the call that it is waiting for, and saves all in one transaction", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: true });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 2 }, start)).toBe("210");
    expect(played.daprd.transactions).toEqual([["upsert level 2", "upsert level 1", "upsert level 0"]]);
  });

  it("takes back the changes of the call that failed, and of no other", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: true });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 2, failAt: 1 }, start)).toBe("2x");
    expect(played.daprd.transactions).toEqual([["upsert level 2", "upsert level 0"]]);
  });

  it("is not called back deeper than allowed", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: { maxDepth: 2 } });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 5 }, start)).toBe("54x");
  });

  it("waits for itself where the type is not reentrant", async () => {
    const played = await PlayedDaprd.start();
    let outcome: Promise<unknown> = Promise.resolve();
    await host(played, {
      create: () => ({
        async outer(): Promise<void> {
          outcome = played.mecha.actor("Cart", "42").invoke("inner", undefined, { timeoutMs: 100 });
          await outcome.catch(() => undefined);
        },
        inner: () => "in",
      }),
    });
    await played.mecha.actor("Cart", "42").invoke("outer", undefined, start);
    await expect(outcome).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });
});
