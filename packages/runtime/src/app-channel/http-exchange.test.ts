import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createAppHttpClient } from "./http-exchange.js";
import { readBody } from "./read-body.js";

test("a connection is used again, but not kept until the app may be about to close it", async () => {
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    if (!sockets.includes(request.socket)) sockets.push(request.socket);
    response.end("done");
  });
  // The app itself closes nothing.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const call = async (client: ReturnType<typeof createAppHttpClient>): Promise<string> => {
    const { body } = await client.send({ verb: "POST", path: "/", headers: {}, body: Buffer.from("x") });
    return (await readBody(body, 100)).toString();
  };

  const patient = createAppHttpClient({ host: "127.0.0.1", port });
  onTestFinished(patient.close);
  expect([await call(patient), await call(patient), sockets.length]).toEqual(["done", "done", 1]);

  const hasty = createAppHttpClient({ host: "127.0.0.1", port, idleMs: 10 });
  onTestFinished(hasty.close);
  await call(hasty);
  const [, idle] = sockets;
  if (idle === undefined) throw new Error("each client has connections of its own");
  if (!idle.closed) await once(idle, "close");
  expect([await call(hasty), sockets.length]).toEqual(["done", 3]);
});
