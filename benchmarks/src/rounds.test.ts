import { expect, it } from "vitest";
import { measureRounds } from "./rounds.js";

it("takes the sides in turn, every second round backwards, and never two at once", async () => {
  const taken: string[] = [];
  let running = 0;
  const side = (name: string, value: number) => async () => {
    running += 1;
    expect(running).toBe(1);
    await Promise.resolve();
    running -= 1;
    taken.push(name);
    return { ops: value + taken.length };
  };
  const rounds = await measureRounds({ ours: side("ours", 0), peer: side("peer", 100) }, 3);
  expect(taken).toEqual(["ours", "peer", "peer", "ours", "ours", "peer"]);
  expect(rounds).toEqual([
    { ours: { ops: 1 }, peer: { ops: 102 } },
    { ours: { ops: 4 }, peer: { ops: 103 } },
    { ours: { ops: 5 }, peer: { ops: 106 } },
  ]);
});

it("stops at a measurement that fails, and says which failure it was", async () => {
  let measured = 0;
  const works = async () => ({ ops: ++measured });
  const fails = () => Promise.reject(new Error("the server is gone"));
  await expect(measureRounds({ ours: works, peer: fails }, 3)).rejects.toThrow("the server is gone");
  expect(measured).toBe(1);
});
