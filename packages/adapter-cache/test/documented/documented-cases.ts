import { readFileSync } from "node:fs";
import type { RawReply } from "../reply-reader.js";

/** A command of an example with the reply that Redis 7 gives. */
export interface DocumentedStep {
  readonly line: string;
  readonly command: readonly string[];
  /** As {@link shownReply} writes it. */
  readonly reply: string;
}

/**
 * Reads a file of examples: a line `# NAME` begins those of a command, on an empty database; a line `> command` is what is sent, the line
 * after it the reply.
 */
export function readDocumented(file: URL): ReadonlyMap<string, readonly DocumentedStep[]> {
  const sections = new Map<string, DocumentedStep[]>();
  let steps: DocumentedStep[] = [];
  const lines = readFileSync(file, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("# ")) sections.set(line.slice(2), (steps = []));
    if (line.startsWith("> "))
      steps.push({ line: line.slice(2), command: wordsOf(line.slice(2)), reply: lines[index + 1] ?? "" });
  }
  return sections;
}

/** The words of a command; those in double quotes are as in JavaScript, `\xff` included. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/gu)].map(([word, quoted]) =>
    quoted === undefined
      ? word
      : quoted.replaceAll(/\\x([0-9a-f]{2})/giu, (_, digits: string) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        ),
  );
}

const unordered: ReadonlySet<string> = new Set("SMEMBERS SINTER SUNION SDIFF KEYS".split(" "));

/** A reply in one line: JSON, where errors and states are in objects. What has no order is sorted, what goes by is rounded. */
export function shownReply(reply: RawReply, [name = ""]: readonly string[]): string {
  const value = valueOf(reply);
  const upper = name.toUpperCase();
  if (upper === "TTL" && typeof value === "number" && value > 0) return String(Math.ceil(value / 10) * 10);
  if (unordered.has(upper) && Array.isArray(value)) return JSON.stringify(value.map(String).toSorted());
  return JSON.stringify(value);
}

function valueOf(reply: RawReply): unknown {
  if (typeof reply !== "string") return reply.items.map(valueOf);
  const text = reply.slice(1);
  if (reply === "$-1") return null;
  if (reply === "*-1") return { array: null };
  if (reply === "*0") return [];
  if (reply.startsWith("+")) return { state: text };
  if (reply.startsWith("-")) return { error: text };
  if (reply.startsWith(":")) return Number(text);
  return text.slice(text.indexOf("\r\n") + 2);
}
