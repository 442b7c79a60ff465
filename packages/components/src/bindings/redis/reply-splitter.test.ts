import { describe, expect, it } from "vitest";
import { ReplySplitter } from "./reply-splitter.js";

const replies = [
  "+OK\r\n",
  "-ERR no\r\n",
  ":12\r\n",
  "$5\r\nhe\r\no\r\n",
  "$-1\r\n",
  "$0\r\n\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*3\r\n$1\r\na\r\n*1\r\n:1\r\n$-1\r\n",
  "%1\r\n+k\r\n~2\r\n,1.5\r\n#t\r\n",
  "|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n",
  "=7\r\ntxt:abc\r\n",
  "_\r\n",
];

describe("the replies of a server", () => {
  it.each([1, 2, 3, 7, 1_000])("are told apart wherever the bytes are cut: every %i", (size) => {
    const bytes = Buffer.from(replies.join(""));
    const splitter = new ReplySplitter();
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size)
      for (const reply of splitter.push(bytes.subarray(at, at + size))) found.push(reply.toString());
    expect(found).toEqual(replies);
  });
});
