"use strict";

const catalog = require("../lib/catalog");
const { FIRST_SEEN } = require("./worker-list");

const COUNTS = ["accepted", "refused", "pieces", "announced"];

async function all(pipeline) {
  const replies = await pipeline.exec();
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

function hashes(redis, prefix) {
  const pipeline = redis.pipeline();
  for (const sku of catalog.skus) pipeline.hgetall(`${prefix}:${sku}`);
  return all(pipeline);
}

function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    customer: flat[2 * index],
    cents: Number(flat[2 * index + 1]),
  }));
}

function readOrder(text) {
  const [status, priceCents] = text.split(":");
  return { status, priceCents: Number(priceCents) };
}

function createReport(redis) {
  return {
    /** What was sold: per article, per customer and order by order. */
    async build() {
      const [totals, orders, counts, leaderboard, firstSeen] = await Promise.all([
        hashes(redis, "totals"),
        hashes(redis, "orders"),
        redis.mget(COUNTS.map((name) => `count:${name}`)),
        redis.zrevrange("leaderboard", 0, -1, "WITHSCORES"),
        redis.hgetall(FIRST_SEEN),
      ]);
      const articles = catalog.skus.map((sku, index) => {
        const { accepted = 0, refused = 0, revenueCents = 0 } = totals[index];
        return { sku, accepted: Number(accepted), refused: Number(refused), revenueCents: Number(revenueCents) };
      });
      return {
        articles,
        leaderboard: pairs(leaderboard),
        orders: Object.fromEntries(
          orders.flatMap((ofArticle) => Object.entries(ofArticle).map(([id, text]) => [id, readOrder(text)])),
        ),
        counts: Object.fromEntries(COUNTS.map((name, index) => [name, Number(counts[index] || 0)])),
        priceRulesFirstSeen: firstSeen,
      };
    },
  };
}

module.exports = { createReport };
