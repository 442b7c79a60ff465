// One of several processes that work on the same keys: `node … hammer.ts <resources folder> <rounds>`.
import { createRuntime } from "@mecha/runtime";
import { createRuntimeDocuments } from "../src/documents/runtime-documents.js";
import { Engine } from "../src/engine/engine.js";
import { SessionStream } from "../src/session/session-stream.js";
import { RawClient } from "./raw-client.js";

const [, , folder = "", rounds = "0"] = process.argv;
const runtime = await createRuntime({ appId: "cache-test", resourcesPaths: [folder], baseFolder: folder });
const engine = new Engine(
  createRuntimeDocuments(runtime.transport, { component: "cache", type: "state.sqlite", capabilities: [] }),
);
const liveness = { ref: () => undefined, unref: () => undefined };
const connect = () => new RawClient(new SessionStream(engine, { record: () => undefined, liveness }));

/** Adds one to a number without INCR: reads it, and writes it if nobody else has meanwhile. */
async function addWatched(client: RawClient): Promise<void> {
  for (let reply: unknown = "*-1"; reply === "*-1"; ) {
    const [, read] = await client.send([
      ["WATCH", "watched"],
      ["GET", "watched"],
    ]);
    const value = Number(/\r\n(.*)/.exec(read as string)?.[1] ?? 0);
    const replies = await client.send([["MULTI"], ["SET", "watched", String(value + 1)], ["EXEC"]]);
    reply = replies[2];
  }
}

async function work(client: RawClient): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) {
    await client.call("INCRBY", "sum", "2");
    await client.send([["MULTI"], ["DECRBY", "from", "1"], ["INCRBY", "to", "1"], ["EXEC"]]);
    await addWatched(client);
  }
}

await Promise.all(Array.from({ length: 8 }, () => work(connect())));
await runtime.close();
