import { createServer, connect as connectSocket, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import type { common } from "@mecha/sdk-core/protocol";
import fc from "fast-check";
import { connectToPeer, InterruptedCall } from "../../../src/instances/peer/peer-client.js";
import { encodePeerFrame, PeerFrameKind } from "../../../src/instances/peer/peer-frame.js";
import { servePeers } from "../../../src/instances/peer/peer-server.js";
import { checkFailure } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { body, jsonValue, metadata, mutated, nastyText } from "../nasty.js";

interface Input {
  /** Whether the app is sent it, or the caller as an answer. */
  readonly to: "app" | "caller";
  readonly pieces: readonly Uint8Array[];
}

const maxMessageBytes = 64 * 1024;

/** Bytes between two processes of a machine, to the one that is called and to the one that calls. */
export const peers: FuzzTarget<Input> = {
  inputs: () =>
    fc.record({
      to: fc.constantFrom("app", "caller"),
      pieces: fc.array(fc.oneof({ weight: 3, arbitrary: frame }, { weight: 1, arbitrary: mutated(frame) }, body), {
        maxLength: 4,
      }),
    }),
  async open({ folder }) {
    const [appPath, answererPath] = [join(folder, "app.sock"), join(folder, "answerer.sock")];
    const app = await servePeers({
      path: appPath,
      maxMessageBytes,
      invoke: ({ data }) => Promise.resolve({ contentType: "", ...(data !== undefined && { data }) }),
    });
    let answer: readonly Uint8Array[] = [];
    const sockets = new Set<Socket>();
    const answerer = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
      // What it is asked does not matter; that it is asked, does.
      socket.once("data", () => {
        for (const piece of answer) socket.write(piece);
        socket.end();
      });
    });
    answerer.listen(answererPath);
    await once(answerer, "listening");
    return {
      async run({ to, pieces }) {
        if (to === "app") return tell(appPath, pieces);
        answer = pieces;
        await ask(answererPath);
      },
      async close() {
        for (const socket of sockets) socket.destroy();
        answerer.close();
        await app.close();
      },
    };
  },
};

const hello = encodePeerFrame({ kind: PeerFrameKind.hello, call: 0, header: { protocol: 3 } });

/** Speaks to an app as another process would, until the app ends the connection. */
async function tell(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const socket = connectSocket({ path });
  socket.on("error", () => undefined).resume();
  socket.write(hello);
  for (const piece of pieces) socket.write(piece);
  socket.end();
  await new Promise((resolve) => socket.once("close", resolve));
}

const request: common.InvokeRequest = { method: "any", contentType: "" };

async function ask(path: string): Promise<void> {
  const client = await connectToPeer(path, maxMessageBytes);
  const context = {
    metadata: {},
    peer: "fuzzer",
    signal: new AbortController().signal,
    setHeader: () => undefined,
    setTrailer: () => undefined,
  };
  try {
    await client.invoke(request, context);
  } catch (error) {
    if (!(error instanceof InterruptedCall)) checkFailure(error);
  } finally {
    client.close();
  }
}

const header = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        method: nastyText,
        contentType: nastyText,
        typeUrl: nastyText,
        http: fc.constantFrom([1, ""], [999, "x"], []),
        metadata,
        timeoutMs: fc.constantFrom(0, 1, -1, 1e300),
      },
      { requiredKeys: ["method", "contentType", "metadata"] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        contentType: nastyText,
        typeUrl: nastyText,
        headers: metadata,
        trailers: metadata,
        code: nastyText,
        message: nastyText,
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 2, arbitrary: jsonValue },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** Frames of every kind; calls and answers have the number of the only call most times. */
const frame: fc.Arbitrary<Uint8Array> = fc
  .record({
    kind: fc.constantFrom(
      ...Object.values(PeerFrameKind),
      PeerFrameKind.call,
      PeerFrameKind.reply,
      PeerFrameKind.failure,
    ),
    call: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2, 0xffff_ffff)),
    header,
    body,
  })
  .map(encodePeerFrame);
