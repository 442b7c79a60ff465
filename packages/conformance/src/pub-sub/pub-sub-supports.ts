import type { PubSubFeature } from "@mecha/spec";

/** What a broker promises beyond the core of the contract; what is missing is not tested. */
export interface PubSubSupports {
  /** Exactly the features that it advertises. */
  readonly features: readonly PubSubFeature[];
  /** Whether a message's content type comes back. */
  readonly contentType: boolean;
  /** Whether a body may be empty. @defaultValue `true` */
  readonly emptyBody?: boolean;
  /** Longest time until a delivery or redelivery, in milliseconds. @defaultValue 10 seconds */
  readonly deliveredWithinMs?: number;
  /** Metadata name under which a published `name` comes back. @defaultValue the name itself */
  readonly inboundName?: (name: string) => string;
}
