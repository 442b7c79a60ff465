"use strict";

const catalog = require("../lib/catalog");

/** com.acme.inventory.StockService: what can still be promised, as against `stock:*`, which is what lies in the warehouse. */
function createStockService(redis, transactions) {
  const count = (method) => redis.hincrby("rpc-calls", method, 1);

  async function promise(orderId, sku, quantity) {
    const reservations = `reservations:${sku}`;
    const available = `available:${sku}`;
    const unlimited = catalog.find(sku)?.shipping === "digital";

    return transactions.run([reservations, available], async (connection) => {
      const [known, left] = await Promise.all([connection.hget(reservations, orderId), connection.get(available)]);
      const remaining = Number(left || 0);
      if (known !== null) return { result: { accepted: Number(known) > 0, remaining } };

      const accepted = unlimited || (left !== null && remaining >= quantity);
      const taken = accepted && !unlimited ? quantity : 0;
      const multi = connection.multi().hset(reservations, orderId, accepted ? quantity : 0);
      if (taken > 0) multi.decrby(available, taken);
      return { multi, result: { accepted, remaining: remaining - taken } };
    });
  }

  return {
    /** Promises goods to an order, all or nothing. Asked again with the same order id it answers the same. */
    async reserve(orderId, sku, quantity) {
      const [result] = await Promise.all([promise(orderId, sku, quantity), count("reserve")]);
      return result;
    },

    async available(sku) {
      const [left] = await Promise.all([redis.get(`available:${sku}`), count("available")]);
      return Number(left || 0);
    },

    /** How often each method was called so far, this call included. */
    async calls() {
      await count("calls");
      const calls = await redis.hgetall("rpc-calls");
      return Object.fromEntries(Object.entries(calls).map(([method, times]) => [method, Number(times)]));
    },
  };
}

module.exports = { createStockService };
