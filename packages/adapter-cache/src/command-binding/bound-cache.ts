import type { Channels } from "../channels/channels.js";
import type { ClientSession } from "../session/client-session.js";
import type { CommandBinding } from "./command-binding.js";

/** A cache that a binding stands for, and its clients in this process. */
export interface BoundCache {
  readonly binding: CommandBinding;
  /** Type of the component, for messages. */
  readonly storeType: string;
  /** Where messages are published and heard; `undefined` where no pub/sub component is named. */
  readonly channels: Channels | undefined;
  readonly clients: Set<ClientSession>;
}
