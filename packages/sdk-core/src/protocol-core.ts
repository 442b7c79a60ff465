// What of the wire side needs no messages: a runtime starts with it, and loads the messages of a block with the block.
export { daprOutline } from "./generated/methods/outline.js";
export { topicStatus, firstWrite } from "./enum-values.js";
export { appGrpcPath, nativeCommandEvent, nativeSessionPath } from "./transport/transport.js";
export { Deadlines, type Expiring } from "./transport/deadlines.js";
export { PushQueue } from "./stream/push-queue.js";
export { type ReadyIterator, takeReady } from "./stream/ready-items.js";
export { parsedData, type ParsedEventRequest } from "./pubsub/parsed-data.js";
export { isUnsent } from "./call/unsent.js";
