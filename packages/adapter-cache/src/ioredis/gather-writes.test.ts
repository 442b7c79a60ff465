import { once } from "node:events";
import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { gatherWrites } from "./gather-writes.js";

function recordingStream(): { readonly stream: Writable; readonly sent: string[] } {
  const sent: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      sent.push(chunk);
      done();
    },
    writev: (chunks, done) => {
      sent.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  return { stream, sent };
}

function write(stream: Writable, text: string): void {
  gatherWrites(stream);
  stream.write(text);
}

it("sends what one turn writes at once and in order, what promises of that turn write included", async () => {
  const { stream, sent } = recordingStream();
  write(stream, "a");
  write(stream, "b");
  expect(sent).toEqual([]);
  await nextTurn();
  await Promise.all([
    Promise.resolve().then(() => write(stream, "c")),
    Promise.resolve().then(() => write(stream, "d")),
  ]);
  await nextTurn();
  write(stream, "e");
  await nextTurn();
  expect(sent).toEqual(["ab", "cd", "e"]);
});

it("keeps back nothing of a stream that ends in the same turn", async () => {
  const { stream, sent } = recordingStream();
  write(stream, "a");
  stream.end("b");
  await once(stream, "finish");
  expect(sent.join("")).toBe("ab");
});
