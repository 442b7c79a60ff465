import { MechaError } from "@mecha/spec";
import { answerInvocation, answerStreamedInvocation } from "./answer-invocation.js";
import type { ActorChannel } from "./actor-channel.js";
import type { AppChannel } from "./app-channel.js";
import { answerBinding } from "./binding-handler.js";
import type { HostHandlers } from "./host-handlers.js";
import { answerJob } from "./job-handler.js";
import { TopicDispatch, type ReportError } from "./topic-dispatch.js";
import { toSubscription } from "./topic-plan.js";

/** What a host's handlers are to a runtime. */
export interface HostChannelParts {
  readonly handlers: HostHandlers;
  readonly actors: ActorChannel | undefined;
  readonly maximumBodyBytes: number;
  readonly report: ReportError;
}

/** Makes the channel of a host: each member that some handler is for. */
export function hostChannel({ handlers, actors, maximumBodyBytes, report }: HostChannelParts): AppChannel {
  const { methods, bindings, jobs, configurations, health } = handlers;
  const called = handlers.topics.filter(({ callbackReason }) => callbackReason !== undefined);
  const topics = new TopicDispatch(called, report);
  return {
    ...(methods.size > 0 && {
      invoke: (request, context) => answerInvocation(methods, request, context, maximumBodyBytes),
      invokeStreamed: (request, context) => answerStreamedInvocation(methods, request, context, maximumBodyBytes),
    }),
    ...(called.length > 0 && {
      topic: async (request) => ({ status: await topics.single(request) }),
      bulkTopic: (request) => topics.bulk(request),
      subscriptions: called.filter(({ isDeclared }) => !isDeclared).map(toSubscription),
    }),
    ...(bindings.size > 0 && {
      binding: async (request, context) => {
        const registration = bindings.get(request.name);
        if (registration === undefined) throw absent("onBinding", request.name);
        return answerBinding(registration.handler, request, context);
      },
      bindings: [...bindings.keys()],
    }),
    ...(jobs.size > 0 && {
      job: async (request, context) => {
        const handler = jobs.get(request.name);
        if (handler === undefined) throw absent("onJob", request.name);
        await answerJob(handler, request, context);
        return {};
      },
    }),
    ...(configurations.length > 0 && {
      configuration: async ({ store, values }) => {
        const isMeant = (keys: readonly string[]): boolean => keys.length === 0 || keys.some((key) => values.has(key));
        const meant = configurations.filter(
          (registration) => registration.store === store && isMeant(registration.keys),
        );
        await Promise.all(meant.map(async ({ handler }) => handler(values, store)));
      },
    }),
    ...(health !== undefined && { health: async () => health() }),
    ...(actors !== undefined && { actor: actors }),
  };
}

function absent(handler: string, name: string): MechaError {
  return new MechaError("NOT_FOUND", `This app has no handler for "${name}"; add one with ${handler}("${name}", …)`, {
    operation: `app.${handler}`,
    component: name,
  });
}
