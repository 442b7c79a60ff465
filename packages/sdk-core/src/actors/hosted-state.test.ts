import { describe, expect, it } from "vitest";
import { Gate, host } from "../../test/hosted-actors.js";
import { PlayedDaprd } from "../../test/played-daprd.js";
import type { ActorContext } from "./actor-definition.js";

describe("the state of an actor", () => {
  const acting = async (
    act: (context: ActorContext) => Promise<unknown>,
  ): Promise<{ readonly daprd: PlayedDaprd; readonly run: () => Promise<unknown> }> => {
    const played = await PlayedDaprd.start();
    await host(played, { create: (context) => ({ act: () => act(context) }) });
    return { daprd: played.daprd, run: () => played.mecha.actor("Cart", "42").invoke("act") };
  };

  it("is saved as JSON in one transaction when the turn is over", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      const value = { items: [1] };
      state.set("a", value, { ttlSeconds: 5 });
      value.items.push(2);
      state.set("b", "text");
      state.remove("c");
      await Promise.resolve();
      return daprdSoFar();
    });
    const daprdSoFar = (): number => daprd.transactions.length;
    daprd.state.set("Cart/42/c", Buffer.from("1"));
    expect(await run()).toBe(0);
    expect(daprd.transactions).toEqual([["upsert a", "upsert b", "delete c"]]);
    expect([...daprd.state].map(([key, bytes]) => [key, bytes.toString()])).toEqual([
      ["Cart/42/a", '{"items":[1]}'],
      ["Cart/42/b", '"text"'],
    ]);
  });

  it("is as the turn has made it, before it is saved", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      const seen = [await state.get("a"), await state.contains("b")];
      state.remove("a");
      state.set("b", null);
      return [...seen, await state.contains("a"), await state.get("b"), await state.contains("b")];
    });
    daprd.state.set("Cart/42/a", Buffer.from("1"));
    expect(await run()).toEqual([1, false, false, null, true]);
  });

  it("is not changed by a turn that fails, but for what was saved in it", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      state.set("kept", 1);
      await state.save();
      state.set("lost", 2);
      state.set("kept", 3);
      throw new Error("no");
    });
    await expect(run()).rejects.toThrow("failed: no");
    expect(daprd.transactions).toEqual([["upsert kept"]]);
    expect(daprd.state.get("Cart/42/kept")?.toString()).toBe("1");
  });

  it("fails the call when it cannot be saved", async () => {
    const { daprd, run } = await acting(({ state }) => {
      state.set("a", 1);
      return Promise.resolve("done");
    });
    daprd.beforeTransaction = () => {
      throw new Error("the disk is full");
    };
    await expect(run()).rejects.toThrow("the disk is full");
  });

  it("cannot be used after the turn, by work that was not awaited", async () => {
    const late = new Gate();
    let outcome: Promise<unknown> = Promise.resolve();
    const { run } = await acting(({ state }) => {
      outcome = late.opened.then(() => {
        state.set("late", 1);
      });
      return Promise.resolve("done");
    });
    expect(await run()).toBe("done");
    late.open();
    await expect(outcome).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("cannot be used outside of turns", async () => {
    const played = await PlayedDaprd.start();
    let context: ActorContext | undefined;
    const create = (given: ActorContext): object => {
      context = given;
      return { open: () => 1 };
    };
    await host(played, { create });
    await played.mecha.actor("Cart", "42").invoke("open");
    await expect(context?.state.get("a")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("takes no value that is no JSON and no lifetime that is no second", async () => {
    const { daprd, run } = await acting(({ state }) => {
      const refused = [
        () => {
          state.set("a", undefined);
        },
        () => {
          state.set("a", 1n);
        },
        () => {
          state.set("a", 1, { ttlSeconds: 0.5 });
        },
      ].map((set) => {
        try {
          set();
          return "taken";
        } catch {
          return "refused";
        }
      });
      return Promise.resolve(refused);
    });
    expect(await run()).toEqual(["refused", "refused", "refused"]);
    expect(daprd.transactions).toEqual([]);
  });
});
