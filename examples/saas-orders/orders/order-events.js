"use strict";

const { Message, Producer } = require("ali-ons");
const logger = require("../lib/logger");
const { clientOptions } = require("../lib/ons");

/** Tells other services of accepted orders. The tag is the way of shipping; orders of one article stay in one queue. */
function createOrderEvents(options) {
  const producer = new Producer({ ...clientOptions(options), producerGroup: options.producerGroup });
  producer.on("error", (error) => logger.error(`ons: ${error.message}`));

  return {
    start: () => producer.ready(),
    async orderCreated(order, product, result) {
      const body = { orderId: order.id, sku: order.sku, quantity: order.quantity, priceCents: result.priceCents };
      const message = new Message(options.topic, product.shipping, JSON.stringify(body));
      message.keys = [order.id];
      message.shardingKey = order.sku;
      message.properties.customer = order.customer;
      const sent = await producer.send(message);
      if (sent.sendStatus !== "SEND_OK") throw new Error(`order-created was not stored: ${sent.sendStatus}`);
    },
    close: () => producer.close(),
  };
}

module.exports = { createOrderEvents };
