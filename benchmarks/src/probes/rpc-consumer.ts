import { loadClient } from "./load-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";
import { type RpcInput, rpcService } from "./rpc-service.js";

/** What the consumer is told. */
export interface RpcConsumerInput extends RpcInput {
  readonly load: Load;
}

async function main({ port, load }: RpcConsumerInput): Promise<void> {
  const { client } = loadClient("sofa-rpc-node");
  const consumer = new client.RpcClient({ logger: console }).createConsumer({
    ...rpcService,
    targetAppName: "inventory",
    serverHost: `127.0.0.1:${port}`,
  });
  await consumer.ready();
  say(await measureLoad(() => consumer.invoke("reserve", ["order-1", "SKU-001", 3]), load));
}

void main(readInput());
