"use strict";

const config = require("../config");
const http = require("../lib/http");
const lifecycle = require("../lib/lifecycle");
const logger = require("../lib/logger");
const redisClient = require("../lib/redis");
const { createTransactions } = require("../lib/transactions");
const { createOrderEvents } = require("./order-events");
const { createOrderService } = require("./order-service");
const { createOrderStore } = require("./order-store");
const { createPriceRules } = require("./price-rules");
const { createReport } = require("./report");
const { createRoutes } = require("./routes");
const { createStockClient } = require("./stock-client");
const { createWorkerList } = require("./worker-list");

const name = process.env.WORKER_NAME || "orders-1";

lifecycle.run(name, async (onStop) => {
  const redis = redisClient.connect(config.orders.redis);
  onStop(() => redis.quit());
  const transactions = createTransactions(redis);
  onStop(() => transactions.close());

  const workers = createWorkerList(redis, name);
  await workers.enter();

  const priceRules = createPriceRules(config.nacos, (rules) => workers.report(rules.revision));
  onStop(() => priceRules.close());
  const stock = createStockClient(config.stockService);
  onStop(() => stock.close());
  const events = createOrderEvents(config.ons);
  onStop(() => events.close());
  await Promise.all([priceRules.start(), stock.start(), events.start()]);

  const store = createOrderStore(redis, transactions);
  const orders = createOrderService({ name, store, priceRules, stock, events });
  const report = createReport(redis);

  const server = http.createServer(createRoutes({ name, orders, workers, priceRules, report }));
  await http.listen(server, config.orders.port, config.orders.host);
  onStop(() => http.close(server));
  logger.info(`${name}: listening on ${config.orders.host}:${config.orders.port}`);
});
