import { createHash } from "node:crypto";
import type { ConfigItem } from "../config-item.js";

const wordSeparator = "\u0002";
const lineSeparator = "\u0001";

/** An item in a long poll, with the MD5 of the content that the client knows; empty if it knows none. */
export interface ProbedItem extends ConfigItem {
  readonly md5: string;
}

/** Reads the `Listening-Configs` of a long poll: lines of dataId, group, MD5 and, for a namespace, tenant. */
export function parseProbe(text: string): ProbedItem[] {
  return text
    .split(lineSeparator)
    .filter((line) => line !== "")
    .map((line) => {
      const [dataId = "", group = "", md5 = "", namespace] = line.split(wordSeparator);
      return { dataId, group, md5, namespace };
    });
}

/** The answer to a long poll: the items that changed, URL-encoded as Nacos answers. */
export function formatChanged(items: readonly ConfigItem[]): string {
  const lines = items.map(
    ({ dataId, group, namespace }) =>
      [dataId, group, ...(namespace ? [namespace] : [])].join(wordSeparator) + lineSeparator,
  );
  return encodeURIComponent(lines.join(""));
}

/** The MD5 by which the client compares contents; empty for an absent item. */
export function md5Of(content: string | undefined): string {
  return content === undefined ? "" : createHash("md5").update(content, "utf8").digest("hex");
}
