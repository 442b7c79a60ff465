import { formatDouble } from "../numbers/double.js";
import {
  BooleanReply,
  DecimalReply,
  Double,
  Encoded,
  ErrorReply,
  KeyedReply,
  MapReply,
  nullArray,
  PairsReply,
  PushReply,
  Replies,
  SetReply,
  Status,
  Verbatim,
  type Reply,
} from "./reply.js";

/** Version of the Redis protocol that a connection speaks; chosen by HELLO. */
export type Protocol = 2 | 3;

/** Collects replies and gives them as the bytes that a Redis server would send. */
export class ReplyEncoder {
  readonly #chunks: Buffer[] = [];
  #text = "";

  /** Appends a reply. */
  add(reply: Reply | Encoded, protocol: Protocol): void {
    if (typeof reply === "string") this.#bulk(Buffer.from(reply));
    else if (Buffer.isBuffer(reply)) this.#bulk(reply);
    else if (typeof reply === "number" || typeof reply === "bigint") this.#text += `:${String(reply)}\r\n`;
    else if (reply === null) this.#text += protocol === 3 ? "_\r\n" : "$-1\r\n";
    else if (reply === nullArray) this.#text += protocol === 3 ? "_\r\n" : "*-1\r\n";
    else if (reply instanceof Status) this.#text += `+${reply.text}\r\n`;
    else if (reply instanceof Encoded) this.#bytes(reply.bytes);
    else if (reply instanceof ErrorReply)
      this.#bytes(Buffer.from(`-${reply.message.replace(/[\r\n]/g, " ")}\r\n`, "latin1"));
    else this.#aggregateOrDouble(reply, protocol);
  }

  /** The bytes collected since the last call. */
  take(): Buffer {
    this.#flushText();
    const bytes = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    return bytes;
  }

  #aggregateOrDouble(
    reply:
      | Double
      | BooleanReply
      | DecimalReply
      | MapReply
      | SetReply
      | PairsReply
      | KeyedReply
      | PushReply
      | Replies
      | Verbatim
      | readonly Reply[],
    protocol: Protocol,
  ): void {
    if (reply instanceof Double) this.#decimal(formatDouble(reply.value), protocol);
    else if (reply instanceof BooleanReply) this.#boolean(reply.value, protocol);
    else if (reply instanceof DecimalReply) this.#decimal(reply.text, protocol);
    else if (reply instanceof Verbatim) this.#verbatim(reply.text, protocol);
    else if (reply instanceof PairsReply) this.#pairs(reply, protocol);
    else if (reply instanceof MapReply) {
      this.#items(
        protocol === 3 ? `%${String(reply.items.length / 2)}` : `*${String(reply.items.length)}`,
        reply.items,
        protocol,
      );
    } else if (reply instanceof SetReply) {
      this.#items(`${protocol === 3 ? "~" : "*"}${String(reply.items.length)}`, reply.items, protocol);
    } else if (reply instanceof KeyedReply) {
      const { pairs } = reply;
      if (protocol === 3) this.#items(`%${String(pairs.length)}`, pairs.flat(), protocol);
      else this.#items(`*${String(pairs.length)}`, pairs, protocol);
    } else if (reply instanceof PushReply) {
      this.#items(`${protocol === 3 ? ">" : "*"}${String(reply.items.length)}`, reply.items, protocol);
    } else if (reply instanceof Replies) {
      for (const each of reply.replies) this.add(each, protocol);
    } else this.#items(`*${String(reply.length)}`, reply, protocol);
  }

  #items(header: string, items: readonly Reply[], protocol: Protocol): void {
    this.#text += `${header}\r\n`;
    for (const item of items) this.add(item, protocol);
  }

  #pairs({ pairs }: PairsReply, protocol: Protocol): void {
    if (protocol === 2) this.#items(`*${String(pairs.length * 2)}`, pairs.flat(), protocol);
    else this.#items(`*${String(pairs.length)}`, pairs, protocol);
  }

  #boolean(value: boolean, protocol: Protocol): void {
    this.#text += protocol === 3 ? `#${value ? "t" : "f"}\r\n` : `:${value ? "1" : "0"}\r\n`;
  }

  #decimal(text: string, protocol: Protocol): void {
    this.#text += protocol === 3 ? `,${text}\r\n` : `$${String(text.length)}\r\n${text}\r\n`;
  }

  #verbatim(text: string, protocol: Protocol): void {
    this.#bulk(Buffer.from(text), protocol === 3 ? "txt:" : undefined);
  }

  #bulk(bytes: Buffer, format?: string): void {
    const header =
      format === undefined ? `$${String(bytes.length)}\r\n` : `=${String(bytes.length + format.length)}\r\n${format}`;
    this.#text += header;
    this.#bytes(bytes);
    this.#text += "\r\n";
  }

  #bytes(bytes: Buffer): void {
    // Short values go with the text around them: many small buffers cost more than one copy.
    if (bytes.length <= 256) {
      this.#text += bytes.toString("latin1");
      return;
    }
    this.#flushText();
    this.#chunks.push(bytes);
  }

  #flushText(): void {
    if (this.#text === "") return;
    this.#chunks.push(Buffer.from(this.#text, "latin1"));
    this.#text = "";
  }
}
