import { FlowReader } from "./flow-reader.js";
import { addEntry, listOf, mappingOf, NotPlain, type PlainNode, type PlainPart } from "./plain-node.js";
import { plainKey, plainScalar, quoted, quotedScalar } from "./plain-scalar.js";

/** A line that says something. */
interface Line {
  readonly indent: number;
  /** What it says, with a comment that follows. */
  readonly text: string;
  readonly number: number;
}

const entry = /^(?<key>[A-Za-z_][\w./-]*):(?:$| +(?<rest>.*)$)/u;
const comment = /^(?: *$| +#)/u;
/** Deeper nesting is the library's. */
const mostLevels = 40;

/**
 * Reads the YAML that nearly all resources are written in: mappings and lists, by indentation or in brackets, of text, whole numbers
 * and words, with comments; and so JSON. It reads that as the library does, and is there in a tenth of the time.
 *
 * @returns the documents that say something; `undefined` for text with anything else in it, which only the library can read or refuse
 */
export function readPlainYaml(text: string): readonly PlainNode[] | undefined {
  try {
    return new PlainReader(text).documents();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class PlainReader {
  readonly #lines: readonly string[];
  #next = 0;

  constructor(text: string) {
    // Text that ends lines otherwise, or holds what no resource does, is not looked at.
    if (!/^[\n\x20-\x7e\xa1-\ud7ff]*$/u.test(text)) throw new NotPlain();
    this.#lines = text.split("\n");
  }

  documents(): readonly PlainNode[] {
    const documents: PlainNode[] = [];
    while (this.#next < this.#lines.length) {
      const first = this.#peek();
      if (first?.indent === 0) documents.push(this.#root(first));
      else if (first !== undefined) throw new NotPlain();
      this.#endOfDocument();
    }
    return documents;
  }

  #root(first: Line): PlainNode {
    if (!first.text.startsWith("{")) return this.#mapping(0, 0);
    const flow = new FlowReader(this.#lines.join("\n"), { at: this.#offset(), line: first.number, mayWrap: true });
    const node = flow.read();
    const { at, line } = flow.end;
    this.#next = line;
    const rest = this.#lines.slice(0, line).join("\n").slice(at);
    if (!comment.test(rest)) throw new NotPlain();
    return node;
  }

  /** Where the next line begins in the text. */
  #offset(): number {
    return this.#lines.slice(0, this.#next).reduce((sum, { length }) => sum + length + 1, 0);
  }

  #endOfDocument(): void {
    if (this.#peek() !== undefined) throw new NotPlain();
    const marker = this.#lines[this.#next];
    if (marker === undefined) return;
    if (!comment.test(marker.slice(3))) throw new NotPlain();
    this.#next++;
  }

  /** The next line that says something, unless the document ends before. */
  #peek(): Line | undefined {
    for (; this.#next < this.#lines.length; this.#next++) {
      const line = this.#lines[this.#next] ?? "";
      const indent = line.search(/[^ ]/u);
      if (indent < 0 || line[indent] === "#") continue;
      if (/^(?:\.\.\.|%)/u.test(line)) throw new NotPlain();
      if (line.startsWith("---")) return undefined;
      return { indent, text: line.slice(indent), number: this.#next + 1 };
    }
    return undefined;
  }

  #mapping(indent: number, level: number): PlainNode {
    const parts = new Map<string, PlainPart>();
    const line = this.#next + 1;
    for (let next = this.#peek(); next?.indent === indent; next = this.#peek()) {
      this.#next++;
      this.#entry(parts, next, level);
    }
    return mappingOf(parts, line);
  }

  #entry(parts: Map<string, PlainPart>, { indent, text, number }: Line, level: number): void {
    const { key, rest = "" } = entry.exec(text)?.groups ?? {};
    if (key === undefined) throw new NotPlain();
    const node = rest === "" || rest.startsWith("#") ? this.#nested(indent, number, level) : this.#inline(rest, number);
    // Text that went on in a further line would be deeper than its key.
    if (rest !== "" && (this.#peek()?.indent ?? 0) > indent) throw new NotPlain();
    addEntry(parts, plainKey(key), { line: number, node });
  }

  /** What a key without a value in its line has below it; a list may be as deep as the key. */
  #nested(indent: number, line: number, level: number): PlainNode {
    if (level === mostLevels) throw new NotPlain();
    const next = this.#peek();
    if (next === undefined || next.indent < indent) return { value: null, line };
    const isList = /^-(?: |$)/u.test(next.text);
    if (next.indent === indent && !isList) return { value: null, line };
    return isList ? this.#list(next.indent, level + 1) : this.#mapping(next.indent, level + 1);
  }

  #list(indent: number, level: number): PlainNode {
    const items: PlainNode[] = [];
    const line = this.#next + 1;
    for (let next = this.#peek(); next?.indent === indent; next = this.#peek()) {
      const [marker, rest = ""] = /^- +(.*)$/u.exec(next.text) ?? [];
      // A mapping may go on at the depth of the list that it has; a lone dash is rare.
      if (marker === undefined) {
        if (/^-(?: *$)/u.test(next.text)) throw new NotPlain();
        break;
      }
      const inner = indent + marker.length - rest.length;
      items.push(this.#item({ indent: inner, text: rest, number: next.number }, level));
      if ((this.#peek()?.indent ?? 0) > indent) throw new NotPlain();
    }
    return listOf(items, line);
  }

  #item(first: Line, level: number): PlainNode {
    this.#next++;
    if (!entry.test(first.text)) return this.#inline(first.text, first.number);
    const parts = new Map<string, PlainPart>();
    this.#entry(parts, first, level);
    for (let next = this.#peek(); next?.indent === first.indent; next = this.#peek()) {
      this.#next++;
      this.#entry(parts, next, level);
    }
    return mappingOf(parts, first.number);
  }

  /** A value that is in one line with its key or its dash. */
  #inline(text: string, line: number): PlainNode {
    if (text.startsWith("{") || text.startsWith("[")) {
      const flow = new FlowReader(text, { at: 0, line, mayWrap: false });
      const node = flow.read();
      if (!comment.test(text.slice(flow.end.at))) throw new NotPlain();
      return node;
    }
    quoted.lastIndex = 0;
    const [inQuotes] = quoted.exec(text) ?? [];
    if (inQuotes !== undefined) {
      if (!comment.test(text.slice(inQuotes.length))) throw new NotPlain();
      return { value: quotedScalar(inQuotes), line };
    }
    const [bare = ""] = text.split(/ +(?:#|$)/u, 1);
    if (/:(?: |$)/u.test(bare)) throw new NotPlain();
    return { value: plainScalar(bare), line };
  }
}
