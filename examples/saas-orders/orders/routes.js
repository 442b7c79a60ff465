"use strict";

const { HttpError } = require("../lib/http");

const required = { id: "string", sku: "string", quantity: "number", customer: "string" };

function checkOrder(body) {
  for (const [field, type] of Object.entries(required)) {
    if (typeof body?.[field] !== type) throw new HttpError(400, `${field} must be a ${type}`);
  }
  if (!Number.isInteger(body.quantity) || body.quantity < 1) {
    throw new HttpError(400, "quantity must be a whole number from 1");
  }
  return body;
}

function checkRules(body) {
  if (!Number.isInteger(body?.revision)) throw new HttpError(400, "price rules need a whole number as revision");
  return body;
}

function createRoutes({ name, orders, workers, priceRules, report }) {
  return {
    "POST /orders": (body) => orders.place(checkOrder(body)),
    "GET /health": async () => ({ status: "up", worker: name, pid: process.pid }),
    "GET /workers": async () => ({ workers: await workers.list() }),
    "PUT /price-rules": async (body) => {
      const rules = checkRules(body);
      await priceRules.publish(rules);
      return { published: rules.revision };
    },
    "GET /report": () => report.build(),
  };
}

module.exports = { createRoutes };
