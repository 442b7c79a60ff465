"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { products, redeliveryDrill } = JSON.parse(
  fs.readFileSync(path.join(__dirname, "..", "data", "catalog.json"), "utf8"),
);

const bySku = new Map(products.map((product) => [product.sku, product]));

module.exports = {
  products,
  skus: products.map((product) => product.sku),
  find: (sku) => bySku.get(sku),
  /** The order whose message fails at its first delivery, so that every environment shows that redelivery works. */
  redeliveryDrill,
};
