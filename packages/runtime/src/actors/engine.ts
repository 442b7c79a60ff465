import type { AppChannel, DaprHandlers, metadata } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { Registry } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import type { Clock } from "../scheduling/clock.js";

/** What runs the actors, reminders and jobs of an app: in this process, or in another one of the machine. */
export interface Engine {
  /** Who answers the RPCs of both blocks. */
  readonly handlers: DaprHandlers;
  /** Lets the engine call what an app has of actors and jobs; the result ends that. */
  attach(channel: AppChannel): () => void;
  /** What GetMetadata says of actors. */
  actorRuntime(): Promise<metadata.ActorRuntime>;
  /** Takes no new calls, waits this long for turns and deliveries under way, then ends. Idempotent. */
  close(timeoutMs: number): Promise<void>;
}

/** What an engine is made of. */
export interface EngineContext {
  readonly appId: string;
  readonly registry: Registry;
  /** What protects turns; absent where there are no Resiliency resources. */
  readonly protection?: Pick<Protection, "actorHost"> | undefined;
  readonly logger: ComponentLogger;
  readonly clock: Clock;
  /** Folder in which the processes of this machine meet. */
  readonly folder: string;
  /** Largest request and response, in bytes. */
  readonly maxMessageBytes: number;
}
