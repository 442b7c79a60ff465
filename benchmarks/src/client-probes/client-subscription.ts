import { readInput, say } from "../probes/probe-io.js";

/** A subscriber to a topic that already holds more events than are counted. */
export interface ClientSubscriptionInput {
  readonly side: "mecha" | "dapr HTTP";
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Where the peer's server waits for its sidecar. */
  readonly appPort: number;
  readonly pubsub: string;
  readonly topic: string;
  readonly warmUpEvents: number;
  readonly measuredEvents: number;
}

type Handle = (data: unknown) => Promise<void>;

/** Starts to measure when the code is warm, and tells the figures when all were handled. */
function createMeter({ warmUpEvents, measuredEvents }: ClientSubscriptionInput): Handle {
  let handled = 0;
  let start = 0;
  let cpuBefore = process.cpuUsage();
  return async (data) => {
    if (typeof data !== "object" || data === null) throw new Error("an event without its data came");
    handled += 1;
    if (handled === warmUpEvents) {
      start = performance.now();
      cpuBefore = process.cpuUsage();
    }
    if (handled !== warmUpEvents + measuredEvents) return;
    const { user, system } = process.cpuUsage(cpuBefore);
    say({ ops: (measuredEvents * 1000) / (performance.now() - start), cpu: (user + system) / measuredEvents });
  };
}

async function subscribeMecha({ grpcPort, pubsub, topic }: ClientSubscriptionInput, handle: Handle): Promise<void> {
  const { connect } = await import("@mecha/sdk-core");
  const mecha = await connect({ mode: "sidecar", endpoint: `127.0.0.1:${grpcPort}`, appId: "bench" });
  await mecha
    .host()
    .onTopic(pubsub, topic, (event) => handle(event.data))
    .start();
}

async function subscribeDapr(input: ClientSubscriptionInput, handle: Handle): Promise<void> {
  const { DaprServer } = await import("@dapr/dapr");
  const server = new DaprServer({
    serverHost: "127.0.0.1",
    serverPort: String(input.appPort),
    clientOptions: { daprHost: "127.0.0.1", daprPort: String(input.httpPort) },
  });
  await server.pubsub.subscribe(input.pubsub, input.topic, handle);
  await server.start();
}

const input = readInput<ClientSubscriptionInput>();
void (input.side === "mecha" ? subscribeMecha : subscribeDapr)(input, createMeter(input));
