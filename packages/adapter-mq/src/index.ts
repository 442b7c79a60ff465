export { createPublisher, type Publisher, type SendOptions } from "./publisher.js";
export { createSubscriber, type Subscriber, type SubscriberOptions, type TopicSubscription } from "./subscriber.js";
export { allMessages, type FilterExpression } from "./filter-expression.js";
export type { LegacyMessage, ReceivedMessage } from "./legacy-message.js";
export { holdProcess, registerDropIn, type ProcessHold } from "@mecha/adapter-kit";
export { MechaError } from "@mecha/sdk-core";
