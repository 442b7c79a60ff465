import type { Duplex } from "node:stream";
import { CommandParser } from "../resp/command-parser.js";
import { ReplyEncoder } from "../resp/encode-reply.js";
import { ErrorReply } from "../resp/reply.js";

/** Answers every command with the reason why there is no cache, on one line as the protocol wants it. */
export function refuseAll(connection: Duplex, { message }: Error): void {
  const encoder = new ReplyEncoder();
  encoder.add(new ErrorReply(`ERR ${message.replaceAll(/\s+/gu, " ")}`), 2);
  const refusal = encoder.take();
  const parser = new CommandParser();
  connection.on("data", (chunk: Buffer) => {
    try {
      parser.push(chunk, () => connection.write(refusal));
    } catch {
      connection.destroy();
    }
  });
  connection.resume();
}
