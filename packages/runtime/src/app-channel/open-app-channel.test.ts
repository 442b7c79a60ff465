import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MechaError } from "@mecha/spec";
import { expect, test } from "vitest";
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
