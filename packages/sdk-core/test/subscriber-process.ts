import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha } from "../src/mecha.js";

/** An app whose handler never ends, to be killed in the middle of it. Says the event that it has taken. */
const [address = "", topic = ""] = process.argv.slice(2);

const transport = createGrpcTransport({ address });
const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, "subscriber");
await mecha
  .host()
  .onTopic<string>("events", topic, async ({ data }) => {
    process.stdout.write(`took ${data}\n`);
    await new Promise(() => undefined);
  })
  .start();
process.stdout.write("ready\n");
