import type { ModelServer } from "@mecha/conformance";
import { type Mecha, MechaError } from "@mecha/sdk-core";
import { expect, it } from "vitest";
import type { SameFolder } from "./same-folder.js";
import { badAnswers, goodAnswers, hello, meaningOf, type Turn, turns, turnsOfOurOwn, weather } from "./same-model.js";

/** What came of a turn: the reply, or the status of its failure; and what the model's server was asked. */
interface Taken {
  readonly outcome: unknown;
  readonly asked: readonly unknown[];
}

/** Declares that the two runtimes talk alike with the server of the components that `modelComponents` gives. */
export function sameModelTests(sides: () => SameFolder, model: () => ModelServer): void {
  const take = async (converse: () => Promise<unknown>): Promise<Taken> => {
    const before = model().asked.length;
    const outcome = await converse().catch((error: unknown) => MechaError.from(error, "a turn").grpcStatus);
    return { outcome, asked: model().asked.slice(before).map(meaningOf) };
  };
  const both = async (converse: (mecha: Mecha) => Promise<unknown>): Promise<readonly [own: Taken, daprds: Taken]> => [
    await take(() => converse(sides().embedded.mecha)),
    await take(() => converse(sides().daprd.mecha)),
  ];
  const turn = (name: string, [messages, options]: Turn): ReturnType<typeof both> =>
    both((mecha) => mecha.conversation(name).converse(messages, options));
  const text = (content: string): Turn => [[{ role: "user", content }]];

  it("conversation.openai: both take and refuse the same metadata", async () => {
    const [own, daprds] = await both(async (mecha) => {
      const { components } = await mecha.metadata();
      return components.map(({ name }) => name).filter((name) => name.startsWith("model"));
    });
    expect([...(own.outcome as string[])].sort()).toEqual([...(daprds.outcome as string[])].sort());
    expect(own.outcome).toHaveLength(5);
  });

  it("conversation.openai: both ask every kind of model for the same, and give the same replies", async () => {
    for (const [title, each] of Object.entries(turns)) {
      const [own, daprds] = await turn("model", each);
      expect(own, title).toEqual(daprds);
      expect(own.asked, title).toHaveLength(1);
    }
    for (const name of ["model-of-reason", "model-without-system", "model-of-azure"]) {
      for (const [title, each] of Object.entries(turns).slice(0, 3)) {
        const [own, daprds] = await turn(name, each);
        expect(own, `${name}: ${title}`).toEqual(daprds);
      }
    }
  });

  it("conversation.openai: asks as OpenAI wants it where daprd does not", async () => {
    for (const [title, [each, sent, daprdSends]] of Object.entries(turnsOfOurOwn)) {
      const [own, daprds] = await turn("model", each);
      expect(own.asked, title).toMatchObject([{ body: sent }]);
      expect(daprds.asked, title).toMatchObject([{ body: daprdSends }]);
      expect(daprds.asked, title).not.toMatchObject([{ body: sent }]);
    }
  });

  it("conversation.openai: both make the same of good answers; of bad ones daprd says INTERNAL alone", async () => {
    for (const wanted of goodAnswers) {
      const [own, daprds] = await turn("model", text(wanted));
      expect(own, wanted).toEqual(daprds);
      expect(own.outcome, wanted).toHaveProperty("finishReason");
    }
    for (const [wanted, [, status]] of Object.entries(badAnswers)) {
      const [own, daprds] = await turn("model", text(wanted));
      expect([own.outcome, daprds.outcome], wanted).toEqual([status, 13]);
    }
  });

  it("conversation.openai: both refuse an answer of a tool in parts, and a model that calls no tool although it must", async () => {
    const parts = await turn("model", [[{ role: "tool", name: "weather", toolCallId: "7", content: ["sun", "rain"] }]]);
    expect(parts).toEqual([
      { outcome: 3, asked: [] },
      { outcome: 13, asked: [] },
    ]);
    const [own, daprds] = await turn("model", [
      [{ role: "user", content: "an empty text" }],
      { tools: [weather], toolChoice: "required" },
    ]);
    expect(own).toEqual(daprds);
    expect(own.outcome).toBe(13);
  });

  it("conversation.openai: both give a cached answer to the same turn, and ask again for another", async () => {
    const [own, daprds] = await both(async ({ conversation }) => {
      const talk = conversation("model-cached");
      const first = await talk.converse(hello);
      expect(await talk.converse(hello)).toEqual(first);
      return talk.converse(hello, { temperature: 1 });
    });
    expect(own).toEqual(daprds);
    expect(own.asked).toHaveLength(2);
  });

  it("conversation.openai: both ask the same for prompts of the older RPC, whoever speaks", async () => {
    for (const role of ["user", "system", "assistant", "generic"] as const) {
      const [own, daprds] = await both((mecha) =>
        mecha.conversation("model").converseAlpha1([{ role, content: "hi" }, { content: "you" }], {
          ...{ temperature: 0.5, contextId: "c", parameters: { a: 1 }, metadata: { team: "a" } },
        }),
      );
      expect(own, role).toEqual(daprds);
      expect(own.asked, role).toHaveLength(1);
    }
  });
}
