import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { address, Gate, host } from "../../test/hosted-actors.js";
import { PlayedDaprd } from "../../test/played-daprd.js";

describe("the end of an actor", () => {
  it("comes after the turn under way, and the next call begins with a new object", async () => {
    const played = await PlayedDaprd.start();
    const log: string[] = [];
    let made = 0;
    await host(played, {
      create: ({ signal }) => {
        const name = String(++made);
        return {
          async work() {
            log.push(`${name} works`);
            if (name === "1") await once(signal, "abort");
            log.push(`${name} done, ${signal.aborted ? "ended" : "active"}`);
          },
          onDeactivate: () => log.push(`${name} gone`),
        };
      },
    });
    const first = played.mecha.actor("Cart", "42").invoke("work");
    await expect.poll(() => log.length).toBe(1);
    const deactivated = played.daprd.send({ $case: "deactivateRequest", value: address });
    const second = played.mecha.actor("Cart", "42").invoke("work");
    expect((await deactivated).$case).toBe("deactivateResponse");
    await Promise.all([first, second]);
    expect(log).toEqual(["1 works", "1 done, ended", "1 gone", "2 works", "2 done, active"]);
  });

  it("cannot change state, and is nothing for an actor that is not active", async () => {
    const played = await PlayedDaprd.start();
    let refused: unknown;
    await host(played, {
      create: ({ state }) => ({
        open: () => 1,
        onDeactivate: () => {
          try {
            state.set("a", 1);
          } catch (error) {
            refused = error;
          }
        },
      }),
    });
    expect((await played.daprd.send({ $case: "deactivateRequest", value: address })).$case).toBe("deactivateResponse");
    await played.mecha.actor("Cart", "42").invoke("open");
    await played.daprd.send({ $case: "deactivateRequest", value: address });
    expect(refused).toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("does not save the changes of a turn in the middle of which it came", async () => {
    const played = await PlayedDaprd.start();
    const begun = new Gate();
    await host(played, {
      create: ({ state, signal }) => ({
        async work() {
          state.set("a", 1);
          begun.open();
          await once(signal, "abort");
        },
      }),
    });
    const work = played.mecha.actor("Cart", "42").invoke("work");
    await begun.opened;
    await played.daprd.send({ $case: "deactivateRequest", value: address });
    await expect(work).rejects.toMatchObject({ code: "ABORTED" });
    expect(played.daprd.transactions).toEqual([]);
  });
});
