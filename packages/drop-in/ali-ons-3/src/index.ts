export { Message } from "ali-ons-upstream/lib/index.js";
export { Producer, type ProducerOptions, type SendResult } from "./producer.js";
export { Consumer, type ConsumerOptions, type MessageHandler, type SubscriptionExpression } from "./consumer.js";
