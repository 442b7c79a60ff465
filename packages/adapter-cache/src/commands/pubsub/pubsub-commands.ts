import type { ConnectionCommand } from "../connection-command.js";
import { publish, spublish } from "./publish.js";
import { pubsub } from "./pubsub.js";
import { psubscribe, punsubscribe, ssubscribe, subscribe, sunsubscribe, unsubscribeChannels } from "./subscribe.js";

/** Commands of publishing and subscribing. */
export const pubsubCommands: readonly ConnectionCommand[] = [
  subscribe,
  psubscribe,
  ssubscribe,
  unsubscribeChannels,
  punsubscribe,
  sunsubscribe,
  publish,
  spublish,
  pubsub,
];
