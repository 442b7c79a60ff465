import { replyTypes } from "./reply-frames.js";
import { endOfLine, numberAt } from "./resp-numbers.js";

/** Commands that are answered with a message for each channel, by the set of channels that they change. */
export const subscribing: ReadonlyMap<string, "channels" | "patterns" | "shards"> = new Map([
  ["subscribe", "channels"],
  ["unsubscribe", "channels"],
  ["psubscribe", "patterns"],
  ["punsubscribe", "patterns"],
  ["ssubscribe", "shards"],
  ["sunsubscribe", "shards"],
]);

const messages: ReadonlySet<string> = new Set(["message", "pmessage", "smessage"]);

/** What a message on a connection was: news, part of the answer to a subscribing command or its last part, or a reply like any other. */
type Told = "message" | "part" | "last" | "other";

/** What a connection is subscribed to, as its server confirms it. */
export class Subscribed {
  /** The protocol of the connection. */
  protocol: 2 | 3 = 2;
  readonly #sets = { channels: new Set<string>(), patterns: new Set<string>(), shards: new Set<string>() };
  /** Subscribing commands that are not answered yet. */
  #outstanding = 0;
  /** Parts that the first of them is still to get. */
  #partsLeft = 0;

  /** Whether it is subscribed to anything, or about to be. */
  get isActive(): boolean {
    const { channels, patterns, shards } = this.#sets;
    return this.#outstanding > 0 || channels.size + patterns.size + shards.size > 0;
  }

  /** Whether what begins with this type may be a message. */
  takes(type: number): boolean {
    if (type === replyTypes.push) return true;
    return type === replyTypes.array && this.protocol === 2 && this.isActive;
  }

  /** A command was sent. */
  sent(name: string): void {
    if (subscribing.has(name)) this.#outstanding++;
  }

  /** A command was answered with an error. */
  failed(name: string): void {
    if (subscribing.has(name)) this.#outstanding--;
  }

  /**
   * Understands what came.
   *
   * @param call - the command whose answer is next, with its words
   */
  told(frame: Buffer, call: { readonly name: string; readonly words: readonly Buffer[] } | undefined): Told {
    const [kind, channel] = firstWords(frame);
    const setName = subscribing.get(kind ?? "");
    if (setName === undefined) return frame[0] === replyTypes.push || messages.has(kind ?? "") ? "message" : "other";
    const set = this.#sets[setName];
    const { size } = set;
    if (kind?.includes("unsub") === true) set.delete(channel ?? "");
    else set.add(channel ?? "");
    // A server may end a subscription by itself.
    if (call === undefined || call.name !== kind) return "message";
    // Without a channel, one part for each that it was subscribed to.
    if (this.#partsLeft === 0) this.#partsLeft = Math.max(1, call.words.length - 1 || size);
    this.#partsLeft--;
    if (this.#partsLeft > 0) return "part";
    this.#outstanding--;
    return "last";
  }

  /** The connection is as new. */
  clear(): void {
    for (const set of Object.values(this.#sets)) set.clear();
    this.protocol = 2;
  }
}

/** The first two elements of an array of texts; a null is absent. */
function firstWords(frame: Buffer): readonly (string | undefined)[] {
  let at = endOfLine(frame, 0);
  const words: (string | undefined)[] = [];
  while (words.length < 2 && frame[at] === dollar) {
    const length = numberAt(frame, at + 1);
    const begin = endOfLine(frame, at);
    words.push(length < 0 ? undefined : frame.toString("latin1", begin, begin + length));
    at = length < 0 ? begin : begin + length + 2;
  }
  return words;
}

const dollar = 36;
