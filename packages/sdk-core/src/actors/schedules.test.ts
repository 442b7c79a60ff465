import { describe, expect, it } from "vitest";
import { address, host } from "../../test/hosted-actors.js";
import { PlayedDaprd } from "../../test/played-daprd.js";

describe("timers and reminders", () => {
  const bytesValue = (json: string): { typeUrl: string; value: Buffer } => ({
    typeUrl: "type.googleapis.com/google.protobuf.BytesValue",
    value: Buffer.concat([Buffer.of(0x0a, Buffer.byteLength(json)), Buffer.from(json)]),
  });
  const base64 = (value: unknown): string => JSON.stringify(Buffer.from(JSON.stringify(value)).toString("base64"));
  const due = { ...address, name: "n", dueTime: "", period: "1s" };

  it("come with their payload, in turns, and can be ended", async () => {
    const played = await PlayedDaprd.start();
    const seen: unknown[] = [];
    await host(played, {
      create: ({ state }) => ({
        tick: (data: unknown) => {
          seen.push(data);
          state.set("ticked", true);
        },
        onReminder: ({ name, data }: { name: string; data: unknown }) => {
          seen.push([name, data]);
          return data === "last" ? "cancel" : undefined;
        },
      }),
    });
    const timer = { ...due, callback: "tick", data: bytesValue(base64([1, 2])) };
    expect(await played.daprd.send({ $case: "timerRequest", value: timer })).toMatchObject({
      $case: "timerResponse",
      value: { cancel: false },
    });
    expect(played.daprd.transactions).toEqual([["upsert ticked"]]);
    for (const payload of ["first", "last"]) {
      const reminder = { ...due, data: bytesValue(base64(payload)) };
      expect(await played.daprd.send({ $case: "reminderRequest", value: reminder })).toMatchObject({
        $case: "reminderResponse",
        value: { cancel: payload === "last" },
      });
    }
    expect(seen).toEqual([
      [1, 2],
      ["n", "first"],
      ["n", "last"],
    ]);
    expect(played.daprd.unregistered).toEqual(["n"]);
  });

  it("are not lost where the actor fails, or has nothing for them, and the host hears of it", async () => {
    const played = await PlayedDaprd.start();
    const { errors, close } = await host(played, {
      create: () => ({
        tick: () => Promise.reject(new Error("no")),
        onDeactivate: () => Promise.reject(new Error("never")),
      }),
    });
    const failed = await played.daprd.send({ $case: "timerRequest", value: { ...due, callback: "tick" } });
    expect(failed).toMatchObject({ $case: "requestFailed", value: { code: 2, message: "no" } });
    const missing = await played.daprd.send({ $case: "reminderRequest", value: due });
    expect(missing).toMatchObject({ $case: "requestFailed", value: { code: 5 } });
    await close();
    expect(errors).toEqual([
      'Timer "n" of actor "Cart/42" failed: no',
      'Reminder "n" of actor "Cart/42" failed: Actor "Cart/42" has no method "onReminder"',
      'onDeactivate() of actor "Cart/42" failed: never',
    ]);
  });
});
