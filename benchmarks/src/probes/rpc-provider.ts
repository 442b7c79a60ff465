import { loadClient } from "./load-client.js";
import { readInput, say } from "./probe-io.js";
import { type RpcInput, rpcService } from "./rpc-service.js";

async function main({ port }: RpcInput): Promise<void> {
  const { server } = loadClient("sofa-rpc-node");
  const provider = new server.RpcServer({ port, appName: "inventory", logger: console });
  provider.addService(rpcService, {
    reserve: async (order: string, _sku: string, quantity: number) => ({ order, accepted: true, remaining: quantity }),
  });
  await provider.start();
  await provider.publish();
  say({ ready: 1 });
}

void main(readInput());
