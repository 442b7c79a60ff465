import { connect, constants, type ClientHttp2Session } from "node:http2";
import fc from "fast-check";
import { serveGrpc } from "../../../src/doors/grpc/serve-grpc.js";
import { checkText } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { rpcArbitraries } from "../message-arbitrary.js";
import { body, mutated, nastyText } from "../nasty.js";
import { sendRaw } from "../raw-http.js";

type Input =
  | {
      readonly path: string;
      /** The call ends only when its caller goes. */
      readonly isStream: boolean;
      readonly headers: Readonly<Record<string, string>>;
      readonly pieces: readonly Uint8Array[];
    }
  | { readonly garbage: Uint8Array };

/** Bytes to the gRPC door: frames that are cut, whose length or flag is wrong, whose message is none, and what is no HTTP/2. */
export const grpcDoor: FuzzTarget<Input> = {
  inputs: () =>
    fc.oneof({ weight: 20, arbitrary: fc.oneof(...rpcArbitraries().map(callOf)) }, { weight: 1, arbitrary: garbage }),
  async open({ folder }) {
    const runtime = await openFuzzRuntime(folder);
    const { address } = await serveGrpc(runtime, { port: 0 });
    let session: ClientHttp2Session | undefined;
    return {
      async run(input) {
        if ("garbage" in input) {
          await sendRaw(Number(address.split(":")[1]), input.garbage, { waitMs: listenMs });
          return;
        }
        if (session === undefined || session.closed || session.destroyed) {
          session = connect(`http://${address}`);
          session.on("error", () => undefined);
        }
        await call(session, input);
      },
      async close() {
        session?.destroy();
        await runtime.close();
      },
    };
  },
};

/** Streams, and connections that carry anything else, are listened to for so long. */
const listenMs = 5;

async function call(session: ClientHttp2Session, input: Exclude<Input, { garbage: Uint8Array }>): Promise<void> {
  const stream = session.request({
    ":method": "POST",
    ":path": input.path,
    "content-type": "application/grpc",
    te: "trailers",
    ...input.headers,
  });
  let [status, message, isGrpc] = ["", "", true];
  const read = (headers: Readonly<Record<string, unknown>>): void => {
    // What is no gRPC is refused in the words of HTTP.
    if ((headers[":status"] ?? 200) !== 200) isGrpc = false;
    if (typeof headers["grpc-status"] !== "string") return;
    [status, message] = [headers["grpc-status"], textOf(headers["grpc-message"])];
  };
  stream
    .on("response", read)
    .on("trailers", read)
    .on("error", () => undefined)
    .resume();
  for (const piece of input.pieces) stream.write(piece);
  stream.end();
  const timer = input.isStream ? setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), listenMs) : undefined;
  await new Promise((resolve) => stream.once("close", resolve));
  clearTimeout(timer);
  if (status === "" && isGrpc && !input.isStream)
    throw new Error(`ended ${input.path} without a status (code ${String(stream.rstCode)})`);
  checkText(decoded(message), status === "2" || status === "13");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    throw new Error(`sent a grpc-message that is not encoded: ${message}`);
  }
}

const flags = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 0x80, 0xff));
/** Added to the length that is told. */
const wrongBy = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0) },
  fc.constantFrom(-1, 1, 1000, 0x7fff_ffff, 0xffff_ffff),
);

const timeouts = ["", "x", "-1S", "1n", "99999999H", "1S", "0m", "123456789S"];
const headers = fc
  .record({
    "grpc-timeout": fc.oneof({ weight: 10, arbitrary: fc.constant("") }, fc.constantFrom(...timeouts)),
    "grpc-encoding": fc.oneof({ weight: 20, arbitrary: fc.constant("") }, fc.constantFrom("gzip", "identity", "x")),
    "dapr-app-id": fc.oneof({ weight: 5, arbitrary: fc.constant("") }, nastyText.map(headerText)),
    "x-some-bin": fc.oneof({ weight: 10, arbitrary: fc.constant("") }, fc.constantFrom("=", "!!!", "AAEC", "AA,AA")),
    "content-type": fc.oneof(
      { weight: 20, arbitrary: fc.constant("application/grpc+proto") },
      fc.constantFrom("application/json", "application/grpc-web", "application/grpc;x"),
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")));

/** What the client of this process can send; a header holds no more. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, "").slice(0, 200);
}

function callOf({ path, isStream, request }: ReturnType<typeof rpcArbitraries>[number]) {
  const message = fc.oneof({ weight: 4, arbitrary: request }, { weight: 3, arbitrary: mutated(request) }, body);
  const framed = fc.tuple(message, flags, wrongBy).map(([bytes, flag, wrong]) => {
    const frame = Buffer.alloc(5 + bytes.length);
    frame[0] = flag;
    frame.writeUInt32BE(Math.min(0xffff_ffff, Math.max(0, bytes.length + wrong)), 1);
    frame.set(bytes, 5);
    return frame;
  });
  const pieces = fc.oneof(
    { weight: 6, arbitrary: fc.array(framed, { maxLength: 2 }) },
    {
      weight: 1,
      arbitrary: fc.tuple(framed, fc.nat(12)).map(([frame, at]) => [frame.subarray(0, at), frame.subarray(at)]),
    },
    { weight: 1, arbitrary: mutated(framed).map((bytes) => [bytes]) },
  );
  const known = { weight: 12, arbitrary: fc.constant(path) };
  return fc.record({
    path: fc.oneof(
      known,
      fc.constantFrom("/", "/x", `${path}x`, "/dapr.proto.runtime.v1.Dapr/__proto__", "/other.Service/Call"),
    ),
    isStream: fc.constant(isStream),
    headers,
    pieces,
  });
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

const garbage = fc.record({
  garbage: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([preface, bytes])),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([preface, settings, bytes])),
  ),
});
