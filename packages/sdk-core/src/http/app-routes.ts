import type { AppChannel } from "../app/app-channel.js";
import { TopicEventResponse_TopicEventResponseStatus as Status } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import { answerActorCall } from "./actor-routes.js";
import { toActorConfigJson } from "./actor-config-json.js";
import { isBulk, toBulkRequest, toEventRequest } from "./cloud-event.js";
import { toConfigurationChange } from "./configuration-change.js";
import type { HttpCall } from "./http-call.js";
import type { RouteNames } from "./route-names.js";
import { toSubscriptionJson } from "./subscription-json.js";

/** Answers a call; what it throws becomes the answer. */
export type HttpRoute = (call: HttpCall) => Promise<void>;

/** Where daprd asks for the app's health, unless it is told another path. Its probe carries no token. */
export const healthPath = "healthz";

/** Finds what answers a call, in the HTTP API that daprd expects of apps; `undefined` for what is not for the host. */
export function findRoute(channel: AppChannel, names: RouteNames, call: HttpCall): HttpRoute | undefined {
  const { path, verb } = call;
  return (
    fixedRoute(channel, path, verb) ??
    (verb === "POST" ? postRoute(channel, names, path) : undefined) ??
    (verb === "OPTIONS" && names.bindingRoutes.has(path) ? acknowledge : undefined) ??
    invokeRoute(channel, names, call)
  );
}

function fixedRoute({ actor, health, subscriptions }: AppChannel, path: string, verb: string): HttpRoute | undefined {
  if (verb === "GET" && path === "dapr/subscribe" && subscriptions !== undefined) {
    return async (call) => {
      call.sendJson(200, subscriptions.map(toSubscriptionJson));
    };
  }
  if (verb === "GET" && path === healthPath && health !== undefined) {
    return async (call) => {
      await health();
      call.sendJson(200, {});
    };
  }
  if (actor === undefined) return undefined;
  if (verb === "GET" && path === "dapr/config") {
    return async (call) => {
      call.sendJson(200, toActorConfigJson(actor.config));
    };
  }
  return path.startsWith("actors/") ? (call) => answerActorCall(actor, call) : undefined;
}

function postRoute(channel: AppChannel, names: RouteNames, path: string): HttpRoute | undefined {
  if (names.topicPaths.has(`/${path}`)) return (call) => answerTopic(channel, call);
  const name = names.bindingRoutes.get(path);
  if (name !== undefined) return (call) => answerBinding(channel, name, call);
  const job = after("job/", path);
  if (job !== undefined && names.hasJob(job)) return (call) => answerJob(channel, job, call);
  const changed = after("configuration/", path);
  const { configuration } = channel;
  if (changed !== undefined && configuration !== undefined) {
    return async (call) => {
      await configuration(toConfigurationChange(changed, await call.json()), call.context);
      call.sendJson(200, {});
    };
  }
  return undefined;
}

/** daprd asks by OPTIONS whether an app wants the events of an input binding. */
async function acknowledge(call: HttpCall): Promise<void> {
  call.sendJson(200, {});
}

async function answerTopic({ topic, bulkTopic }: AppChannel, call: HttpCall): Promise<void> {
  const path = `/${call.path}`;
  const body = await call.json();
  if (isBulk(body)) {
    const reply = await bulkTopic?.(toBulkRequest(body, path), call.context);
    const statuses = reply?.statuses.map(({ entryId, status }) => ({ entryId, status: statusName(status) }));
    call.sendJson(200, { statuses: statuses ?? [] });
    return;
  }
  const reply = await topic?.(toEventRequest(body, path), call.context);
  call.sendJson(200, { status: statusName(reply?.status ?? Status.RETRY) });
}

function statusName(status: Status): string {
  return Status[status];
}

async function answerBinding({ binding }: AppChannel, name: string, call: HttpCall): Promise<void> {
  const reply = await binding?.({ name, data: await call.bytes(), metadata: { ...call.headers } }, call.context);
  await call.send(200, { "content-type": "application/json" }, reply?.data ?? Buffer.alloc(0));
}

async function answerJob({ job }: AppChannel, name: string, call: HttpCall): Promise<void> {
  const data = { typeUrl: "", value: await call.bytes() };
  await job?.({ name, data, method: call.path, contentType: call.contentType }, call.context);
  call.sendJson(200, {});
}

function invokeRoute({ invokeStreamed }: AppChannel, names: RouteNames, call: HttpCall): HttpRoute | undefined {
  const { path, verb } = call;
  if (invokeStreamed === undefined || !names.hasMethod(path, verb)) return undefined;
  // daprd asks so for input bindings too: an answer of the handler for all methods would say that the app wants their events.
  if (verb === "OPTIONS" && call.headers["dapr-caller-app-id"] === undefined && !names.isNamed(path)) return undefined;
  return async () => {
    const { querystring, contentType, body, context } = call;
    const reply = await invokeStreamed({ method: path, verb, querystring, contentType, body }, context);
    await call.send(reply.status ?? 200, { "content-type": reply.contentType, ...reply.headers }, reply.body);
  };
}

function after(prefix: string, path: string): string | undefined {
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}
