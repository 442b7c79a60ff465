import { registerDropIn } from "@mecha/adapter-mq";
import { Message } from "ali-ons-upstream/lib/index.js";

export { Message };
export { Producer, type ProducerOptions, type SendResult } from "./producer.js";
export { Consumer, type ConsumerOptions, type MessageHandler, type SubscriptionExpression } from "./consumer.js";

registerDropIn({ name: "ali-ons", replacement: "npm:@mecha/ali-ons@^3.12.0", upstream: Message });
