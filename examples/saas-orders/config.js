"use strict";

// Addresses of the in-house middleware. Operations override them with environment variables.

const { env } = process;

/** Separates environments that share servers: "staging", "load-test", … Empty in production. */
const environment = env.ACME_ENV || "";

/** Also takes a variable that is set and empty as an answer: REDIS_PASSWORD= means that there is no password. */
function fromEnvironment(name, value) {
  return env[name] === undefined ? value : env[name];
}

function redis(host, password, service) {
  return {
    host: env.REDIS_HOST || host,
    port: Number(env.REDIS_PORT || 6379),
    password: fromEnvironment("REDIS_PASSWORD", password) || undefined,
    maxRetriesPerRequest: 8, // about two seconds: then the client asks again
    keyPrefix: environment ? `${environment}:${service}:` : `${service}:`,
  };
}

module.exports = {
  environment,

  orders: {
    host: env.HOST || "127.0.0.1",
    port: Number(env.PORT || 7001),
    workers: 2,
    redis: redis("r-orders.redis.acme.internal", "Orders#8kQ2", "orders"),
  },

  inventory: {
    host: env.HOST || "127.0.0.1",
    port: Number(env.INVENTORY_PORT || 7002),
    redis: redis("r-inventory.redis.acme.internal", "Inventory#p7Zw", "inventory"),
  },

  nacos: {
    serverAddr: env.NACOS_SERVER || "nacos.acme.internal:8848",
    group: environment || "ACME_SHOP",
    priceRules: "orders.price-rules",
  },

  ons: {
    nameSrv: env.ONS_NAMESRV || "ons.acme.internal:9876",
    accessKey: fromEnvironment("ONS_ACCESS_KEY", "acme-shop"),
    secretKey: fromEnvironment("ONS_SECRET_KEY", "3f1c9a60e0d24b5f"),
    namespace: environment,
    topic: "order-created",
    producerGroup: "GID_shop_orders",
    consumerGroup: "GID_shop_inventory",
  },

  stockService: {
    interfaceName: "com.acme.inventory.StockService",
    version: "1.0",
    /** host:port of one provider, for machines without a registry. */
    address: env.STOCK_SERVICE_ADDRESS || "",
    registry: "zk.acme.internal:2181",
  },
};
