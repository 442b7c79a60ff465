"use strict";

const sofa = require("sofa-rpc-node");
const logger = require("../lib/logger");

const DEFAULT_PORT = 12200;

/** Offers the stock service to other applications. */
function createRpcServer({ interfaceName, version, address, registry: registryAddress }, stockService) {
  const registry = address ? undefined : new sofa.registry.ZookeeperRegistry({ logger, address: registryAddress });
  const port = Number(address.split(":")[1]) || DEFAULT_PORT;
  const server = new sofa.server.RpcServer({ logger, registry, port, appName: "inventory" });
  server.on("error", (error) => logger.error(`stock service: ${error.message}`));
  server.addService({ interfaceName, version }, stockService);

  return {
    async start() {
      await server.start();
      await server.publish();
    },
    async close() {
      await server.close();
      await registry?.close();
    },
  };
}

module.exports = { createRpcServer };
