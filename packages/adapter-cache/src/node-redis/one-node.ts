import { randomUUID } from "node:crypto";
import { Transform, type Duplex, type TransformCallback } from "node:stream";
import { CommandParser } from "../resp/command-parser.js";
import { ReplyEncoder, type Protocol } from "../resp/encode-reply.js";
import { MapReply, type Reply } from "../resp/reply.js";
import { encodeCommand } from "../resp/encode-command.js";

/** The one node of which a cluster, or a master with its sentinels, is told to consist. */
export interface OneNode {
  readonly host: string;
  readonly port: number;
}

const slots = 16_384;
const nodeId = "0".repeat(40);

/** What asks where nodes are, and what is answered. */
const answers: Readonly<Record<string, (node: OneNode) => Reply>> = {
  "cluster slots": ({ host, port }) => [[0, slots - 1, [host, port, nodeId]]],
  "sentinel master": ({ host, port }) =>
    new MapReply(["name", "mecha", "ip", host, "port", String(port), "flags", "master"]),
  "sentinel sentinels": () => [],
  "sentinel replicas": () => [],
};

interface Awaited {
  /** The reply to the command that went in the place of the question. */
  readonly mark: Buffer;
  readonly reply: Buffer;
}

/**
 * Stands between a client and a cache and answers where the nodes of a cluster or the master behind sentinels are: the
 * cache itself. A question goes on as an ECHO, whose reply is exchanged, so that the order of replies stays.
 */
export class Topology {
  /** Takes what the client sends and gives what goes to the cache. */
  readonly commands: Duplex;
  /** Takes what the cache answers and gives what goes to the client. */
  readonly replies: Duplex;
  readonly #node: OneNode;
  readonly #parser = new CommandParser();
  readonly #awaited: Awaited[] = [];
  #protocol: Protocol = 2;
  #kept: Buffer = Buffer.alloc(0);

  constructor(node: OneNode) {
    this.#node = node;
    this.commands = transform((chunk, done) => this.#onCommands(chunk, done));
    this.replies = transform((chunk, done) => {
      done(null, this.#exchange(Buffer.concat([this.#kept, chunk])));
    });
  }

  #onCommands(chunk: Buffer, done: TransformCallback): void {
    const passing: Buffer[] = [];
    try {
      this.#parser.push(chunk, (command) => passing.push(this.#read(command)));
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, Buffer.concat(passing));
  }

  #read(command: readonly Buffer[]): Buffer {
    const [name = "", argument = ""] = command.slice(0, 2).map((word) => word.toString("latin1").toLowerCase());
    if (name === "hello" && command.length > 1) this.#protocol = argument === "3" ? 3 : 2;
    const answer = answers[`${name} ${argument}`];
    if (answer === undefined) return encodeCommand(command);
    const nonce = randomUUID();
    const encoder = new ReplyEncoder();
    encoder.add(answer(this.#node), this.#protocol);
    this.#awaited.push({ mark: Buffer.from(`$${String(nonce.length)}\r\n${nonce}\r\n`), reply: encoder.take() });
    return encodeCommand([Buffer.from("ECHO"), Buffer.from(nonce)]);
  }

  /** Keeps back what may be the beginning of a mark. */
  #exchange(bytes: Buffer): Buffer {
    const passing: Buffer[] = [];
    let rest = bytes;
    for (let next = this.#awaited[0]; next !== undefined; next = this.#awaited[0]) {
      const at = rest.indexOf(next.mark);
      if (at < 0) {
        const safe = Math.max(0, rest.length - next.mark.length + 1);
        this.#kept = rest.subarray(safe);
        return Buffer.concat([...passing, rest.subarray(0, safe)]);
      }
      passing.push(rest.subarray(0, at), next.reply);
      rest = rest.subarray(at + next.mark.length);
      this.#awaited.shift();
    }
    this.#kept = Buffer.alloc(0);
    return Buffer.concat([...passing, rest]);
  }
}

function transform(onChunk: (chunk: Buffer, done: TransformCallback) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onChunk(chunk, done);
    },
  });
}
