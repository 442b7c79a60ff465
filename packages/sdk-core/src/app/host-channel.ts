import { MechaError } from "@mecha/spec";
import { withIncomingTrace, type IncomingSpan } from "../call/incoming-trace.js";
import { answerInvocation, answerStreamedInvocation, type MethodTable } from "./answer-invocation.js";
import type { ActorChannel } from "./actor-channel.js";
import type { AppChannel } from "./app-channel.js";
import { answerBinding } from "./binding-handler.js";
import type { HostHandlers } from "./host-handlers.js";
import { answerJob, findJob } from "./job-handler.js";
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
      invoke: (request, context) =>
        withIncomingTrace(context.metadata, invocationSpan(methods, request.method), () =>
          answerInvocation(methods, request, context, maximumBodyBytes),
        ),
      invokeStreamed: (request, context) =>
        withIncomingTrace(context.metadata, invocationSpan(methods, request.method), () =>
          answerStreamedInvocation(methods, request, context, maximumBodyBytes),
        ),
    }),
    ...(called.length > 0 && {
      topic: async (request, context) => ({ status: await topics.single(request, context.metadata) }),
      bulkTopic: (request, context) => topics.bulk(request, context.metadata),
      subscriptions: called.filter(({ isDeclared }) => !isDeclared).map(toSubscription),
    }),
    ...(bindings.size > 0 && {
      binding: async (request, context) => {
        const registration = bindings.get(request.name);
        if (registration === undefined) throw absent("onBinding", request.name);
        const span = { name: `bindings.handle ${request.name}`, operation: "bindings.handle", component: request.name };
        return withIncomingTrace(context.metadata, { ...span, kind: "consumer" }, () =>
          answerBinding(registration.handler, request, context),
        );
      },
      bindings: [...bindings.keys()],
    }),
    ...(jobs.size > 0 && {
      job: async (request, context) => {
        const handler = findJob(jobs, request.name);
        if (handler === undefined) throw absent("onJob", request.name);
        const span = { name: `jobs.handle ${request.name}`, operation: "jobs.handle" };
        await withIncomingTrace(context.metadata, { ...span, kind: "consumer" }, () =>
          answerJob(handler, request, context),
        );
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

/** Spans have the names of handlers, of which there are few; callers may name any method. */
function invocationSpan(methods: MethodTable, method: string): IncomingSpan {
  return { name: `app.invoke ${methods.has(method) ? method : "*"}`, operation: "app.invoke" };
}

function absent(handler: string, name: string): MechaError {
  return new MechaError("NOT_FOUND", `This app has no handler for "${name}"; add one with ${handler}("${name}", …)`, {
    operation: `app.${handler}`,
    component: name,
  });
}
