"use strict";

const config = require("../config");
const http = require("../lib/http");
const lifecycle = require("../lib/lifecycle");
const logger = require("../lib/logger");
const redisClient = require("../lib/redis");
const { createTransactions } = require("../lib/transactions");
const { createMovements } = require("./movements");
const { createOrderConsumer } = require("./order-consumer");
const { createReport } = require("./report");
const { createRpcServer } = require("./rpc-server");
const { seedStock } = require("./seed");
const { createStockService } = require("./stock-service");

lifecycle.run("inventory", async (onStop) => {
  const redis = redisClient.connect(config.inventory.redis);
  onStop(() => redis.quit());
  const transactions = createTransactions(redis);
  onStop(() => transactions.close());
  await seedStock(redis);

  const rpc = createRpcServer(config.stockService, createStockService(redis, transactions));
  onStop(() => rpc.close());
  await rpc.start();

  const consumer = createOrderConsumer(config.ons, createMovements(redis, transactions));
  onStop(() => consumer.close());
  await consumer.start();

  const report = createReport(redis);
  const server = http.createServer({
    "GET /health": async () => ({ status: "up", pid: process.pid }),
    "GET /report": () => report.build(),
  });
  await http.listen(server, config.inventory.port, config.inventory.host);
  onStop(() => http.close(server));
  logger.info(`inventory: listening on ${config.inventory.host}:${config.inventory.port}`);
});
