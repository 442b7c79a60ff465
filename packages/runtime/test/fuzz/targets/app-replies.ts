import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { appCallback } from "@mecha/sdk-core/protocol";
import fc from "fast-check";
import { checkFailure } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { body, jsonValue, metadata, mutated, nastyText } from "../nasty.js";

interface Input {
  readonly ask: "discover" | "topic" | "bulkTopic" | "invoke" | "binding" | "job" | "health";
  /** What the app has on its connection. */
  readonly reply: Uint8Array;
  /** Names that come from elsewhere and become part of a request. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What an app answers when its runtime calls it over HTTP. */
export const appReplies: FuzzTarget<Input> = {
  inputs: () =>
    fc.record({
      ask: fc.constantFrom("discover", "topic", "bulkTopic", "invoke", "binding", "job", "health"),
      reply: fc.oneof({ weight: 6, arbitrary: reply }, { weight: 2, arbitrary: mutated(reply) }, body),
      name: nastyText,
      metadata,
    }),
  async open() {
    const { openAppChannel } = await import("../../../src/app-channel/open-app-channel.js");
    const nothing = Buffer.from("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let current: Uint8Array = nothing;
    const sockets = new Set<Socket>();
    const app = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
      socket.once("data", () => socket.end(current));
    });
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    // It listens on a port, so its address is one.
    const { port } = app.address() as AddressInfo;
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const open = () =>
      openAppChannel(
        { port, protocol: "http", maxMessageBytes: 64 * 1024, logger: silent },
        new AbortController().signal,
      );
    const { channel, close } = await open();
    return {
      async run({ ask, reply: text, name, metadata: given }) {
        current = text;
        const context = {
          metadata: given,
          peer: "fuzzer",
          signal: new AbortController().signal,
          setHeader: () => undefined,
          setTrailer: () => undefined,
        };
        const asks: Readonly<Record<typeof ask, () => Promise<unknown> | undefined>> = {
          discover: async () => (await open()).close(),
          topic: () =>
            channel.topic?.(
              appCallback.TopicEventRequest.fromPartial({ id: name, path: `/${name}`, data: Buffer.from(text) }),
              context,
            ),
          bulkTopic: () =>
            channel.bulkTopic?.(
              appCallback.TopicEventBulkRequest.fromPartial({ id: name, path: name, entries: [{ entryId: "1" }] }),
              context,
            ),
          invoke: () =>
            channel.invoke?.(
              { method: name, contentType: name, data: { typeUrl: "", value: Buffer.from(text) } },
              context,
            ),
          binding: () => channel.binding?.({ name, data: Buffer.from(text), metadata: given }, context),
          job: () => channel.job?.(appCallback.JobEventRequest.fromPartial({ name }), context),
          health: () => channel.health?.(),
        };
        try {
          await asks[ask]();
        } catch (error) {
          checkFailure(error);
        }
      },
      async close() {
        close();
        for (const socket of sockets) socket.destroy();
        app.close();
        await once(app, "close");
      },
    };
  },
};

const discovery = fc.array(
  fc.record(
    {
      pubsubname: nastyText,
      topic: nastyText,
      route: nastyText,
      routes: jsonValue,
      metadata: jsonValue,
      bulkSubscribe: jsonValue,
    },
    { requiredKeys: [] },
  ),
  { maxLength: 2 },
);
const outcome = fc.record({
  status: fc.oneof(fc.constantFrom("SUCCESS", "RETRY", "DROP", ""), jsonValue),
  statuses: fc.oneof(fc.array(jsonValue), jsonValue),
});

const content = fc.oneof(
  fc.oneof(discovery, outcome, jsonValue).map((value) => Buffer.from(JSON.stringify(value))),
  body,
);

const reply: fc.Arbitrary<Uint8Array> = fc
  .record({
    status: fc.constantFrom(
      "200 OK",
      "200 OK",
      "200 OK",
      "204 No Content",
      "301 x",
      "404 x",
      "500 x",
      "100 Continue",
      "999 x",
      "abc",
    ),
    contentType: nastyText.map((text) => text.replace(/[\r\n]/g, "")),
    header: nastyText.map((text) => text.replace(/[\r\n:]/g, "")),
    framing: fc.constantFrom("length", "length", "close", "chunked", "too long"),
    content,
  })
  .map(({ status, contentType, header, framing, content: bytes }) => {
    const length = String(bytes.length + (framing === "too long" ? 100 : 0));
    const lines = [`HTTP/1.1 ${status}`, `content-type: ${contentType}`, `x-${header}: 1`, "connection: close"];
    if (framing === "length" || framing === "too long") lines.push(`content-length: ${length}`);
    if (framing === "chunked") lines.push("transfer-encoding: chunked");
    return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
  });
