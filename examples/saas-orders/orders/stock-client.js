"use strict";

const sofa = require("sofa-rpc-node");
const logger = require("../lib/logger");

/** Calls the inventory's StockService. */
function createStockClient({ interfaceName, version, address, registry: registryAddress }) {
  const registry = address ? undefined : new sofa.registry.ZookeeperRegistry({ logger, address: registryAddress });
  const client = new sofa.client.RpcClient({ logger, registry });
  client.on("error", (error) => logger.warn(`stock service: ${error.message}`));
  const consumer = client.createConsumer({
    interfaceName,
    version,
    targetAppName: "inventory",
    serverHost: address || undefined,
    responseTimeout: 3000,
    retryFaultInterval: 1000, // a provider that was restarted is tried again after a second, not after thirty
  });

  return {
    start: () => consumer.ready(),
    /** Gives `{ accepted, remaining }`. The same order id always gets the same answer. */
    reserve: (orderId, sku, quantity) => consumer.invoke("reserve", [orderId, sku, quantity]),
    async close() {
      await client.close();
      await registry?.close();
    },
  };
}

module.exports = { createStockClient };
