"use strict";

/** Takes goods out of the warehouse, once per order, however often its message comes. */
function createMovements(redis, transactions) {
  return {
    async noteDelivery({ orderId, sku }, again) {
      const pipeline = redis.pipeline().hincrby(`deliveries:${sku}`, orderId, 1);
      if (again) pipeline.hincrby(`redeliveries:${sku}`, orderId, 1);
      for (const [error] of await pipeline.exec()) if (error) throw error;
    },

    async apply({ orderId, sku, quantity }) {
      const movements = `movements:${sku}`;
      await transactions.run([movements], async (connection) => {
        if ((await connection.hget(movements, orderId)) !== null) return {};
        return { multi: connection.multi().hset(movements, orderId, quantity).decrby(`stock:${sku}`, quantity) };
      });
    },
  };
}

module.exports = { createMovements };
