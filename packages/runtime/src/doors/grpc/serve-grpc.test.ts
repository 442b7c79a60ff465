import { connect } from "node:http2";
import { within } from "@mecha/conformance";
import { expect, onTestFinished, test } from "vitest";
import { testRuntime } from "../../../test/runtime-fixture.js";
import { serveGrpc } from "./serve-grpc.js";

test("a caller that does not end its call holds the runtime up no longer than its drain timeout", async () => {
  const runtime = await testRuntime({}, { drainTimeoutMs: 10 });
  const { address } = await serveGrpc(runtime, { port: 0 });
  const session = connect(`http://${address}`).on("error", () => undefined);
  onTestFinished(() => session.destroy());
  session
    .request({
      ":method": "POST",
      ":path": "/dapr.proto.runtime.v1.Dapr/GetState",
      "content-type": "application/grpc",
    })
    .on("error", () => undefined);
  // What was sent before it is there when it is answered.
  await new Promise((resolve) => session.ping(resolve));
  const closed = runtime.close().then(() => "closed");
  expect(await within(closed, 4_500, "still open")).toBe("closed");
});
