import { MechaError } from "@mecha/spec";
import { ReopeningSubscription } from "../configuration/configuration-subscription.js";
import type { FacadeContext } from "../facade-context.js";
import { openSubscription } from "../pubsub/open-subscription.js";
import { toTopicEvent } from "../pubsub/topic-event.js";
import { traceEvent } from "./event-trace.js";
import type { ConfigurationRegistration } from "./host-handlers.js";
import type { TopicHandler } from "./topic-options.js";
import type { TopicPlan } from "./topic-plan.js";

/** Hears of a failed handler or a broken stream; `fatal` if it is not opened again. */
export type ReportTrouble = (error: MechaError, fatal: boolean) => void;

/** Something that is open until it is closed. */
export interface OpenStream {
  /** Resolves once events arrive; rejects if the runtime refuses. */
  readonly ready: Promise<void>;
  /** Takes no new events; those whose handlers take longer than `giveUp` come again. */
  close(giveUp: Promise<void>): Promise<void>;
}

/** Streams the events of a topic to its one handler. */
export function streamTopic({ transport }: FacadeContext, plan: TopicPlan, onError: ReportTrouble): OpenStream {
  const { pubsubName, topic, metadata, deadLetterTopic, routes } = plan;
  const handle = routes[0]?.handler.handle as TopicHandler;
  const subscription = openSubscription(
    transport,
    { pubsubName, topic, metadata, ...(deadLetterTopic !== undefined && { deadLetterTopic }) },
    (request) => traceEvent(request, {}, () => handle(toTopicEvent(request))),
    { onError },
  );
  return {
    ready: subscription.ready,
    async close(giveUp) {
      void giveUp.then(() => {
        subscription.giveBack();
      });
      await subscription.close();
    },
  };
}

/** Streams the changes of configuration values to their handler. */
export function streamConfiguration(
  context: FacadeContext,
  { store, keys, handler, options }: ConfigurationRegistration,
  onError: ReportTrouble,
): OpenStream {
  const subscription = new ReopeningSubscription(
    context,
    { storeName: store, keys },
    {
      ...options,
      onError: (error, fatal) => {
        // The end for good comes out of the loop too.
        if (!fatal) onError(error, false);
      },
    },
  );
  const listen = async (): Promise<void> => {
    for await (const values of subscription) {
      try {
        await handler(values, store);
      } catch (thrown) {
        onError(configurationTrouble(thrown, store), false);
      }
    }
  };
  const ended = listen().catch((thrown: unknown) => {
    onError(configurationTrouble(thrown, store), true);
  });
  return {
    ready: subscription.ready,
    async close() {
      await subscription.close();
      await ended;
    },
  };
}

function configurationTrouble(thrown: unknown, store: string): MechaError {
  return MechaError.from(thrown, `Handling a change of configuration store "${store}" failed`, {
    component: store,
    operation: "configuration.handle",
  });
}
