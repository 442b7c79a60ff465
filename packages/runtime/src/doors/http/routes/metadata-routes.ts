import { daprMethods, metadata } from "@mecha/sdk-core/protocol";
import { param, type HttpRoute, type RouteContext } from "../route.js";

/** What is about the runtime itself: `/v1.0/metadata`, `/v1.0/shutdown`. */
export const metadataRoutes: readonly HttpRoute[] = [
  { verbs: ["GET"], path: "metadata", answer: getMetadata },
  {
    verbs: ["PUT"],
    path: "metadata/:key",
    async answer(context) {
      const value = (await context.call.bytes()).toString("utf8");
      await context.ask(daprMethods.setMetadata, { key: param(context, "key"), value });
      context.call.sendNothing();
    },
  },
  {
    verbs: ["POST"],
    path: "shutdown",
    async answer({ ask, call }) {
      await ask(daprMethods.shutdown, {});
      call.sendNothing();
    },
  },
];

/** daprd's HTTP API has other names for some fields than its gRPC API, and leaves out what is empty. */
async function getMetadata({ ask, call }: RouteContext): Promise<void> {
  const found = await ask(daprMethods.getMetadata, {});
  const { subscriptions, appConnectionProperties, actorRuntime, workflows } = found;
  call.sendJson({
    ...filled({
      id: found.id,
      runtimeVersion: found.runtimeVersion,
      enabledFeatures: found.enabledFeatures,
      actors: found.activeActorsCount,
      components: found.registeredComponents,
      extended: found.extendedMetadata,
      subscriptions: subscriptions.map(toSubscription),
      httpEndpoints: found.httpEndpoints,
      appConnectionProperties: filled({
        ...appConnectionProperties,
        health: filled({ ...appConnectionProperties?.health }),
      }),
      scheduler: found.scheduler,
      workflows: filled({ ...workflows }),
      mcpServers: found.mcpServers,
      workflowAccessPolicies: found.workflowAccessPolicies,
      resiliencies: found.resiliencies,
    }),
    actorRuntime: {
      runtimeStatus: metadata.ActorRuntime_ActorRuntimeStatus[actorRuntime?.runtimeStatus ?? 0],
      ...filled({ activeActors: actorRuntime?.activeActors ?? [], placement: actorRuntime?.placement ?? "" }),
      hostReady: actorRuntime?.hostReady ?? false,
    },
  });
}

function toSubscription(subscription: metadata.PubsubSubscription): unknown {
  const { pubsubName, topic, rules, deadLetterTopic, type } = subscription;
  return {
    pubsubname: pubsubName,
    topic,
    ...filled({ metadata: subscription.metadata, rules: rules?.rules.map((rule) => filled({ ...rule })) ?? [] }),
    deadLetterTopic,
    type: metadata.PubsubSubscriptionType[type],
  };
}

/** The members of an object that hold something. */
function filled(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
