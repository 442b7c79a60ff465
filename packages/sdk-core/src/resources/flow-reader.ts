import { addEntry, listOf, mappingOf, NotPlain, type PlainNode, type PlainPart } from "./plain-node.js";
import { plainKey, plainScalar, quoted, quotedScalar } from "./plain-scalar.js";

const plain = /[^\s,[\]{}:#&*!|>'"%@`?](?:[^\s,[\]{}:#]|:(?![\s,[\]{}])|(?<!\s)#| +(?=[^\s,[\]{}#:]))*/uy;
const key = /[A-Za-z_][\w./-]*(?=:\s)/uy;

/** Reads collections in brackets, JSON among them, from a place in a text. */
export class FlowReader {
  readonly #text: string;
  readonly #mayWrap: boolean;
  #at: number;
  #line: number;

  /** @param mayWrap - whether a collection may go on in the next line, as JSON in a file of its own does */
  constructor(text: string, place: { readonly at: number; readonly line: number; readonly mayWrap: boolean }) {
    this.#text = text;
    this.#at = place.at;
    this.#line = place.line;
    this.#mayWrap = place.mayWrap;
  }

  /** Where reading has come to. */
  get end(): { readonly at: number; readonly line: number } {
    return { at: this.#at, line: this.#line };
  }

  /** Reads the value that begins here. */
  read(): PlainNode {
    const line = this.#line;
    switch (this.#text[this.#at]) {
      case "{":
        return mappingOf(this.#entries(), line);
      case "[":
        return listOf(this.#items(), line);
      case '"':
      case "'":
        return { value: quotedScalar(this.#take(quoted)), line };
      default:
        return { value: plainScalar(this.#take(plain)), line };
    }
  }

  #entries(): ReadonlyMap<string, PlainPart> {
    const parts = new Map<string, PlainPart>();
    this.#each("}", () => {
      const line = this.#line;
      const name = this.#key();
      this.#skip();
      addEntry(parts, name, { line, node: this.read() });
    });
    return parts;
  }

  #items(): readonly PlainNode[] {
    const items: PlainNode[] = [];
    this.#each("]", () => void items.push(this.read()));
    return items;
  }

  #each(close: string, readOne: () => void): void {
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] !== close) {
      for (;;) {
        readOne();
        this.#skip();
        if (this.#text[this.#at] !== ",") break;
        this.#at++;
        this.#skip();
      }
    }
    if (this.#text[this.#at] !== close) throw new NotPlain();
    this.#at++;
  }

  #key(): string {
    const isQuoted = this.#text[this.#at] === '"';
    const name = isQuoted ? quotedScalar(this.#take(quoted)) : plainKey(this.#take(key));
    if (this.#text[this.#at] !== ":") throw new NotPlain();
    this.#at++;
    return name;
  }

  #take(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const [found] = expression.exec(this.#text) ?? [];
    if (found === undefined) throw new NotPlain();
    this.#at += found.length;
    return found;
  }

  #skip(): void {
    for (; ; this.#at++) {
      const character = this.#text[this.#at];
      if (character === "\n" && this.#mayWrap) this.#nextLine();
      else if (character !== " ") return;
    }
  }

  #nextLine(): void {
    this.#line++;
    // Here a document ends, whatever is open.
    if (/^(?:---|\.\.\.)/u.test(this.#text.slice(this.#at + 1, this.#at + 4))) throw new NotPlain();
  }
}
