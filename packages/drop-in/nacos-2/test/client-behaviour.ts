import { randomUUID } from "node:crypto";
import { eventually } from "@mecha/conformance";
import { expect, it } from "vitest";

/** What tests call of a `DataClient` or `NacosConfigClient`, ours or the original. */
export interface TestedClient {
  subscribe(
    info: { dataId: string; group: string; unit?: string },
    listener: (content: string | null) => void,
  ): unknown;
  unSubscribe(info: { dataId: string; group: string }, listener?: (content: string | null) => void): unknown;
  getConfig(dataId: string, group: string): Promise<string | null>;
  getConfigs(): Promise<unknown>;
  publishSingle(
    dataId: string,
    group: string,
    content: string,
    options?: { unit?: string; type?: string },
  ): Promise<boolean>;
  remove(dataId: string, group: string): Promise<boolean>;
  publishToAllUnit(dataId: string, group: string, content: string): Promise<boolean>;
  removeToAllUnit(dataId: string, group: string): Promise<boolean>;
  publishAggr(dataId: string, group: string, datumId: string, content: string, options?: object): Promise<unknown>;
  removeAggr(dataId: string, group: string, datumId: string, options?: object): Promise<unknown>;
  batchGetConfig(dataIds: string[], group: string, options?: object): Promise<unknown>;
  getCurrentUnit(): Promise<string>;
  getAllUnits(): Promise<string[]>;
  ready(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}

const newGroup = () => `G-${randomUUID().slice(0, 8)}`;

/** Tests of what nacos 2.6 does, to be run on the original and on the drop-in. */
export function clientBehaviour(client: () => TestedClient): void {
  async function published(dataId: string, group: string, content: string | null): Promise<void> {
    await eventually(
      `${dataId} reads as ${String(content)}`,
      async () => (await client().getConfig(dataId, group)) === content,
    );
  }

  it("answers null for what is not there", async () => {
    await client().ready();
    expect(await client().getConfig("missing", newGroup())).toBeNull();
  });

  it("reads what it published, and null after it was removed", async () => {
    const group = newGroup();
    const content = '{\n\t"价格": "12,50 €",\r\n "emoji": "🦾" }\n';
    expect(await client().publishSingle("price-rules", group, content)).toBe(true);
    await published("price-rules", group, content);
    expect(await client().remove("price-rules", group)).toBe(true);
    await published("price-rules", group, null);
    expect(await client().remove("price-rules", group)).toBe(true);
  });

  it("publishes contents that look like base64 or quoted text as they are", async () => {
    const group = newGroup();
    for (const [index, content] of ["YWJjZA==", '"quoted"', "`ticks`", "1234", "a b"].entries()) {
      await client().publishSingle(`odd-${index}`, group, content, { type: "text" });
      await published(`odd-${index}`, group, content);
    }
  });

  it("takes every character that a dataId may have", async () => {
    const group = `G.a_b-c:${newGroup()}`;
    for (const dataId of ["com.acme:prices.yaml", "A_b-C.9", ".hidden"]) {
      await client().publishSingle(dataId, group, `of ${dataId}`);
      await published(dataId, group, `of ${dataId}`);
    }
  });

  it("refuses names with other characters, and no group", async () => {
    for (const call of [
      client().getConfig("a/b", "g"),
      client().getConfig("", "g"),
      client().publishSingle("a", "g h", "x"),
      client().remove("a", undefined as unknown as string),
    ]) {
      await expect(call).rejects.toMatchObject({ name: "AssertionError" });
    }
  });

  it("fires the current value first, then each change", async () => {
    const group = newGroup();
    const seen: (string | null)[] = [];
    await client().publishSingle("rules", group, "1");
    await published("rules", group, "1");
    client().subscribe({ dataId: "rules", group }, (content) => seen.push(content));
    await eventually("the current value is fired", async () => seen.length === 1);
    await client().publishSingle("rules", group, "2");
    await eventually("the change is fired", async () => seen.length === 2);
    await client().remove("rules", group);
    await eventually("the removal is fired", async () => seen.length === 3);
    await client().publishSingle("rules", group, "3");
    await eventually("the return is fired", async () => seen.length === 4);
    expect(seen).toEqual(["1", "2", null, "3"]);
    client().unSubscribe({ dataId: "rules", group });
  });

  it("fires the current value for a second subscriber, too, and stops for one that unsubscribed", async () => {
    const group = newGroup();
    const [first, second]: string[][] = [[], []];
    const listener = (content: string | null) => first!.push(String(content));
    await client().publishSingle("rules", group, "1");
    await published("rules", group, "1");
    client().subscribe({ dataId: "rules", group }, listener);
    await eventually("the first is told", async () => first!.length === 1);
    client().subscribe({ dataId: "rules", group }, (content) => second!.push(String(content)));
    await eventually("the second is told", async () => second!.length === 1);
    client().unSubscribe({ dataId: "rules", group }, listener);
    await client().publishSingle("rules", group, "2");
    await eventually("the change is fired", async () => second!.length === 2);
    expect([first, second]).toEqual([["1"], ["1", "2"]]);
    client().unSubscribe({ dataId: "rules", group });
  });

  it("answers the rest of the interface as nacos does", async () => {
    const group = newGroup();
    expect(await client().getCurrentUnit()).toBe("CURRENT_UNIT");
    expect(await client().getAllUnits()).toEqual(["CURRENT_UNIT"]);
    expect(await client().getConfigs()).toBeNull();
    expect(await client().publishAggr("a", group, "d", "c", {})).toBe(true);
    expect(await client().removeAggr("a", group, "d", {})).toBeNull();
    expect(await client().batchGetConfig(["a"], group, {})).toBeNull();
    expect(await client().publishToAllUnit("everywhere", group, "here")).toBe(true);
    await published("everywhere", group, "here");
    expect(await client().removeToAllUnit("everywhere", group)).toBe(true);
    await published("everywhere", group, null);
  });
}
