"use strict";

const { HttpError } = require("../lib/http");
const catalog = require("../lib/catalog");
const pricing = require("./pricing");

/**
 * Places orders. Every step can be repeated with the same order id, so a worker may die at any point: the client asks
 * again and whichever worker takes the order carries it to the end. The order counts once, in `store.commit`.
 */
function createOrderService({ name, store, priceRules, stock, events }) {
  async function carryOut(order, product, rules, cachedPrice) {
    let unitPriceCents = cachedPrice;
    if (unitPriceCents === undefined) {
      unitPriceCents = pricing.unitPriceCents(product, rules);
      await store.cachePrice(rules.revision, product.sku, unitPriceCents);
    }
    const priceCents = pricing.totalCents({ unitPriceCents, quantity: order.quantity, product, rules });

    const reservation = await stock.reserve(order.id, order.sku, order.quantity);
    const status = reservation.accepted ? "accepted" : "refused";
    const result = { id: order.id, status, priceCents, revision: rules.revision, worker: name };

    // Before the commit: an order that counts as accepted has been announced. Announced twice is harmless.
    if (reservation.accepted) await events.orderCreated(order, product, result);
    return store.commit(order, result);
  }

  return {
    async place(order) {
      const product = catalog.find(order.sku);
      if (!product) throw new HttpError(422, `no such article: ${order.sku}`);
      const rules = priceRules.current();

      const claim = await store.claim(order.id, name, { revision: rules.revision, sku: order.sku });
      if (claim.result) return claim.result;
      if (!claim.token) throw new HttpError(503, `order ${order.id} is being processed`);

      try {
        return await carryOut(order, product, rules, claim.cachedPrice);
      } catch (error) {
        await store.release(order.id, claim.token).catch(() => {}); // it expires
        throw new HttpError(503, `order ${order.id}: ${error.message}`);
      }
    },
  };
}

module.exports = { createOrderService };
