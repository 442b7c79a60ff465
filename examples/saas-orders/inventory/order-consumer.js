"use strict";

const { Consumer } = require("ali-ons");
const catalog = require("../lib/catalog");
const logger = require("../lib/logger");
const { clientOptions } = require("../lib/ons");

/** Downloads leave nothing in the warehouse. */
const TAGS = "standard || express";

/** Moves stock for accepted orders. A handler that throws gets its message again. */
function createOrderConsumer(options, movements) {
  const consumer = new Consumer({
    ...clientOptions(options),
    consumerGroup: options.consumerGroup,
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
    parallelConsumeLimit: 16,
  });
  consumer.on("error", (error) => logger.warn(`ons: ${error.message}`));

  async function handle(message) {
    const order = JSON.parse(message.body.toString());
    await movements.noteDelivery(order, message.reconsumeTimes > 0);
    if (message.reconsumeTimes === 0 && catalog.redeliveryDrill === order.orderId) {
      throw new Error(`redelivery drill for ${order.orderId}`);
    }
    await movements.apply(order);
  }

  return {
    async start() {
      await consumer.ready();
      consumer.subscribe(options.topic, TAGS, handle);
    },
    close: () => consumer.close(),
  };
}

module.exports = { createOrderConsumer };
