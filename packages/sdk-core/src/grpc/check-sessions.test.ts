import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGrpcServer } from "./server.js";

async function serve(checkSessionsMs: number): Promise<number> {
  const server = createGrpcServer(new Map(), { checkSessionsMs });
  const address = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 0 }));
  if (!("port" in address)) throw new Error("a TCP server has a port");
  return address.port;
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** A frame that is longer than any may be, and some of what follows it. */
const tooLong = Buffer.from([0x41, 0x2c, 0xaa, 0xd9, 6, 0x75, 0xec, 0x1b, 0, 1, 2, 3]);

test("a connection that carried what is no HTTP/2 is ended", async () => {
  const socket = connectTcp(await serve(50), "127.0.0.1");
  socket.on("error", () => undefined).resume();
  socket.end(Buffer.concat([preface, settings, tooLong]));
  await once(socket, "close");
  expect(socket.destroyed).toBe(true);
});

test("a connection without calls stays as long as the other side answers", async () => {
  const client = connectHttp2(`http://127.0.0.1:${String(await serve(300))}`);
  onTestFinished(() => client.destroy());
  for (let pings = 0; pings < 3; pings++) await once(client, "ping");
  expect([client.closed, client.destroyed]).toEqual([false, false]);
});
