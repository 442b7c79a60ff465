"use strict";

const catalog = require("../lib/catalog");

/** Puts the opening stock of the catalog into Redis where there is none yet. */
async function seedStock(redis) {
  const pipeline = redis.pipeline();
  for (const { sku, stock } of catalog.products) {
    pipeline.set(`stock:${sku}`, stock, "NX").set(`available:${sku}`, stock, "NX");
  }
  for (const [error] of await pipeline.exec()) if (error) throw error;
}

module.exports = { seedStock };
