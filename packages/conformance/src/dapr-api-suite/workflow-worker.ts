import type { MessageType, StreamMethod, Transport, UnaryMethod } from "@mecha/sdk-core/protocol";
import { only } from "./fixture.js";
import { bytesIn, fieldOf, textIn } from "./wire-fields.js";

/** Messages of the protocol between daprd and workers (durabletask), which no generated code of the SDK has. */
const bytes: MessageType<Uint8Array> = {
  encode: (message) => ({ finish: () => message }),
  decode: (message) => message,
  fromPartial: () => new Uint8Array(),
};

const getWorkItems: StreamMethod<Uint8Array, Uint8Array> = {
  kind: "stream",
  path: "/TaskHubSidecarService/GetWorkItems",
  request: bytes,
  response: bytes,
  requestStream: false,
  responseStream: true,
};

const completeTask: UnaryMethod<Uint8Array, Uint8Array> = {
  kind: "unary",
  path: "/TaskHubSidecarService/CompleteOrchestratorTask",
  request: bytes,
  response: bytes,
};

const [completed, failed, terminated] = [1, 3, 5];

/** Name of the workflow that waits for the event `finish` and gives what came with it. */
export const waitingWorkflow = "waiting";

/** Name of the workflow that fails at once. */
export const failingWorkflow = "failing";

/** Runs a test while a worker is connected that has the two workflows. */
export async function withWorker(transport: Transport, test: () => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const working = work(transport, stopping.signal);
  try {
    await Promise.race([test(), working]);
  } finally {
    stopping.abort();
    await working.catch(() => undefined);
  }
}

async function work(transport: Transport, signal: AbortSignal): Promise<void> {
  try {
    for await (const item of transport.stream(getWorkItems, only(new Uint8Array()), { signal })) {
      const [request] = bytesIn(item, 1);
      if (request === undefined) continue;
      // What an earlier worker left may be over by now; what is not is handed out again.
      await transport.unary(completeTask, answer(request, textIn(item, 10)), { signal }).catch(() => undefined);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

/** Runs a workflow as far as it gets: its history so far says where that is. */
function answer(request: Uint8Array, token: string): Uint8Array {
  const history = [...bytesIn(request, 3), ...bytesIn(request, 4)];
  const raised = history.flatMap((event) => bytesIn(event, 17)).find((event) => textIn(event, 1) === "finish");
  const isFailing = history.flatMap((event) => bytesIn(event, 3)).some((event) => textIn(event, 1) === failingWorkflow);
  const isTerminated = history.some((event) => bytesIn(event, 5).length > 0);
  const outcome = isTerminated
    ? [fieldOf(1, terminated)]
    : isFailing
      ? [fieldOf(1, failed), fieldOf(6, Buffer.concat([fieldOf(1, "Refused"), fieldOf(2, "not today")]))]
      : raised && [fieldOf(1, completed), fieldOf(2, bytesIn(raised, 2)[0] ?? new Uint8Array())];
  const action = outcome && Buffer.concat([fieldOf(1, history.length), fieldOf(6, Buffer.concat(outcome))]);
  return Buffer.concat([
    fieldOf(1, textIn(request, 1)),
    ...(action === undefined ? [] : [fieldOf(2, action)]),
    fieldOf(4, token),
  ]);
}
