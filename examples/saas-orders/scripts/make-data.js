"use strict";

// Writes data/catalog.json and data/orders.jsonl. The seed is fixed: the same files come out every time.

const fs = require("node:fs");
const path = require("node:path");

const ORDERS = 3000;
const CUSTOMERS = 120;
const CATEGORIES = ["books", "garden", "kitchen", "office", "outdoor", "toys"];
const DATA = path.join(__dirname, "..", "data");

/** Linear congruential generator modulo 2^32: numbers from 0 to below 1. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = createRandom(20190611);
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const oneOf = (list) => list[between(0, list.length - 1)];
const padded = (number, width) => String(number).padStart(width, "0");

function shippingOf(index) {
  if (index % 6 === 5) return "digital";
  return index % 3 === 1 ? "express" : "standard";
}

function makeProducts() {
  return Array.from({ length: 42 }, (_, index) => {
    const shipping = shippingOf(index);
    const scarce = index % 4 === 3;
    return {
      sku: `SKU-${padded(index + 1, 3)}`,
      name: `${shipping === "digital" ? "Download" : "Article"} ${padded(index + 1, 3)}`,
      category: oneOf(CATEGORIES),
      shipping,
      priceCents: between(195, 14_950),
      stock: shipping === "digital" ? 0 : scarce ? between(40, 110) : between(400, 900),
    };
  });
}

function makeOrders(products) {
  return Array.from({ length: ORDERS }, (_, index) => ({
    id: `SO-${padded(index + 1, 6)}`,
    sku: oneOf(products).sku,
    quantity: random() < 0.15 ? between(5, 12) : between(1, 4),
    customer: `C-${padded(between(1, CUSTOMERS), 4)}`,
  }));
}

const products = makeProducts();
const orders = makeOrders(products);
const plentiful = new Set(products.filter((product) => product.stock >= 400).map((product) => product.sku));
const drill = orders.find((order, index) => index >= 20 && plentiful.has(order.sku));

fs.mkdirSync(DATA, { recursive: true });
fs.writeFileSync(
  path.join(DATA, "catalog.json"),
  `${JSON.stringify({ products, redeliveryDrill: drill.id }, null, 2)}\n`,
);
fs.writeFileSync(path.join(DATA, "orders.jsonl"), orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
