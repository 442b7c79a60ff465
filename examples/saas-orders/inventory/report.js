"use strict";

const catalog = require("../lib/catalog");

async function hashes(redis, prefix) {
  const pipeline = redis.pipeline();
  for (const sku of catalog.skus) pipeline.hgetall(`${prefix}:${sku}`);
  return (await pipeline.exec()).map(([error, fields]) => {
    if (error) throw error;
    return fields;
  });
}

const numbers = (fields) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, Number(value)]));
const merged = (list) => numbers(Object.assign({}, ...list));

function createReport(redis) {
  return {
    async build() {
      const [stock, available, movements, deliveries, redeliveries, calls] = await Promise.all([
        redis.mget(catalog.skus.map((sku) => `stock:${sku}`)),
        redis.mget(catalog.skus.map((sku) => `available:${sku}`)),
        hashes(redis, "movements"),
        hashes(redis, "deliveries"),
        hashes(redis, "redeliveries"),
        redis.hgetall("rpc-calls"),
      ]);
      return {
        articles: catalog.skus.map((sku, index) => ({
          sku,
          stock: Number(stock[index]),
          available: Number(available[index]),
        })),
        /** Order id to pieces moved, to times delivered, to times delivered after a failure. */
        movements: merged(movements),
        deliveries: merged(deliveries),
        redeliveries: merged(redeliveries),
        rpcCalls: numbers(calls),
      };
    },
  };
}

module.exports = { createReport };
