import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { openAppChannel } from "./open-app-channel.js";
import { quiet } from "../../test/app-channel-fixture.js";

test("an app that does not listen in time is given up on", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const abort = new AbortController();
  const opening = openAppChannel({ port, protocol: "http", maxMessageBytes: 1_000, logger: quiet }, abort.signal);
  abort.abort(new MechaError("CANCELLED", "the runtime ends"));
  await expect(opening).rejects.toThrow();
});

test.each(["http", "grpc"] as const)(
  "an app that listens and never answers over %s is given up on",
  async (protocol) => {
    const server = createTcpServer((socket) => socket.on("error", () => undefined).resume());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const abort = new AbortController();
    const opening = openAppChannel({ port, protocol, maxMessageBytes: 1_000, logger: quiet }, abort.signal);
    opening.catch(() => undefined);
    // The first connection only finds out whether somebody listens.
    await once(server, "connection");
    const [asked] = (await once(server, "connection")) as [Socket];
    await once(asked, "data");
    abort.abort(new MechaError("CANCELLED", "the runtime ends"));
    await expect(opening).rejects.toMatchObject({ code: "CANCELLED" });
  },
);
