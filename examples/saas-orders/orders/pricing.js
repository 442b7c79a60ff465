"use strict";

/** What one piece costs after the discount of its category, in cents. */
function unitPriceCents(product, rules) {
  const discount = rules.categoryDiscountPercent?.[product.category] || 0;
  return Math.round((product.priceCents * (100 - discount)) / 100);
}

/** What the order costs: the bulk discount is on the goods, the express surcharge comes on top. */
function totalCents({ unitPriceCents, quantity, product, rules }) {
  const bulk = rules.bulk && quantity >= rules.bulk.fromQuantity ? rules.bulk.percent : 0;
  const goods = Math.round((unitPriceCents * quantity * (100 - bulk)) / 100);
  return goods + (product.shipping === "express" ? rules.expressSurchargeCents || 0 : 0);
}

module.exports = { totalCents, unitPriceCents };
