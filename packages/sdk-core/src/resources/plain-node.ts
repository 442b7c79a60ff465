/** A value of a YAML document, with the lines at which its parts are. */
export interface PlainNode {
  readonly value: unknown;
  /** Line at which it begins, from 1. */
  readonly line: number;
  /** What a mapping has by key, and a list by index. */
  readonly parts?: ReadonlyMap<string | number, PlainPart>;
}

/** A part of a mapping or a list. */
export interface PlainPart {
  /** Line of the key, or of the item of a list. */
  readonly line: number;
  readonly node: PlainNode;
}

/** Text that is no plain YAML: it may be YAML nevertheless, or wrong. */
export class NotPlain extends Error {}

/** Puts the parts of a mapping together. */
export function mappingOf(parts: ReadonlyMap<string, PlainPart>, line: number): PlainNode {
  return { value: Object.fromEntries([...parts].map(([key, { node }]) => [key, node.value])), line, parts };
}

/** Puts the items of a list together. */
export function listOf(items: readonly PlainNode[], line: number): PlainNode {
  const parts = new Map(items.map((node, index) => [index, { line: node.line, node }]));
  return { value: items.map(({ value }) => value), line, parts };
}

/** Adds an entry to a mapping. A key that is there already is for the library to refuse. */
export function addEntry(parts: Map<string, PlainPart>, key: string, part: PlainPart): void {
  if (parts.has(key) || key === "__proto__") throw new NotPlain();
  parts.set(key, part);
}
