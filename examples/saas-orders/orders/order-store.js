"use strict";

const crypto = require("node:crypto");

const CLAIM_SECONDS = 5;
const RESULT_SECONDS = 7 * 24 * 3600;
const PRICE_SECONDS = 600;

const orderKey = (id) => `order:${id}`;
const priceKey = (revision, sku) => `price:${revision}:${sku}`;

/** What an idempotency key holds: `{"claim": token}` while a worker is at it, `{"result": …}` for good afterwards. */
const parse = (text) => (text ? JSON.parse(text) : {});

function createOrderStore(redis, transactions) {
  return {
    /** Takes the order for this worker, or gives the result that an earlier request had, or neither. */
    async claim(id, worker, price) {
      const token = `${worker}:${crypto.randomUUID()}`;
      const [[claimError, claimed], [priceError, cached]] = await redis
        .pipeline()
        .set(orderKey(id), JSON.stringify({ claim: token }), "EX", CLAIM_SECONDS, "NX")
        .get(priceKey(price.revision, price.sku))
        .exec();
      if (claimError || priceError) throw claimError || priceError;
      if (claimed) return { token, cachedPrice: cached === null ? undefined : Number(cached) };
      return { result: parse(await redis.get(orderKey(id))).result };
    },

    /** Gives the order back after a failure, unless it is another's meanwhile. */
    async release(id, token) {
      await transactions.run([orderKey(id)], async (connection) => {
        const mine = parse(await connection.get(orderKey(id))).claim === token;
        return { multi: mine ? connection.multi().del(orderKey(id)) : undefined };
      });
    },

    async cachePrice(revision, sku, cents) {
      await redis.setex(priceKey(revision, sku), PRICE_SECONDS, cents);
    },

    /** Writes everything that an order changes, once; gives the result that stands. */
    async commit(order, result) {
      const key = orderKey(order.id);
      return transactions.run([key], async (connection) => {
        const stored = parse(await connection.get(key)).result;
        if (stored) return { result: stored };

        const multi = connection
          .multi()
          .set(key, JSON.stringify({ result }), "EX", RESULT_SECONDS)
          .hset(`orders:${order.sku}`, order.id, `${result.status}:${result.priceCents}`)
          .hincrby(`totals:${order.sku}`, result.status, 1)
          .incr(`count:${result.status}`);
        if (result.status === "accepted") {
          multi
            .hincrby(`totals:${order.sku}`, "revenueCents", result.priceCents)
            .zincrby("leaderboard", result.priceCents, order.customer)
            .incrby("count:pieces", order.quantity)
            .incr("count:announced");
        }
        return { multi, result };
      });
    },
  };
}

module.exports = { createOrderStore };
