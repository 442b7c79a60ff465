import { type CallContext, type configuration, daprMethods, toConfigurationValues } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { messageOf } from "../../../errors/dapr-error.js";
import { createLogger } from "../../../logger.js";
import { AttemptContext } from "../../../resiliency/attempt-context.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";

const versions = ["v1.0", "v1.0-alpha1"] as const;

/** Configuration: `/v1.0/configuration/…`. Changes go to the app, at `POST /configuration/<store>/<key>`. */
export const configurationRoutes: readonly HttpRoute[] = [
  { verbs: ["GET"], versions, path: "configuration/:storeName", answer: getConfiguration },
  { verbs: ["GET"], versions, path: "configuration/:storeName/subscribe", answer: subscribe },
  {
    verbs: ["GET"],
    versions,
    path: "configuration/:storeName/:id/unsubscribe",
    async answer(context) {
      const request = { storeName: param(context, "storeName"), id: param(context, "id") };
      // Over gRPC, daprd asks for no such store.
      context.runtime.requireComponent("configuration", request.storeName);
      const { ok, message } = await context.ask(daprMethods.unsubscribeConfiguration, request);
      context.call.sendJson(ok ? { ok } : { message }, ok ? 200 : 500);
    },
  },
];

async function getConfiguration(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const { items } = await ask(daprMethods.getConfiguration, {
    storeName: param(context, "storeName"),
    keys: call.query.getAll("key"),
    metadata: call.queryMetadata,
  });
  const found = Object.entries(items).map(([key, { value, version, metadata }]) => [
    key,
    {
      ...(value !== "" && { value }),
      ...(version !== "" && { version }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
  ]);
  if (found.length === 0) call.sendNothing();
  else call.sendJson(Object.fromEntries(found));
}

/** The subscription lives as long as the runtime, or until it is ended by its id. */
async function subscribe(context: RouteContext): Promise<void> {
  const { call, runtime } = context;
  const { apps } = runtime;
  const store = param(context, "storeName");
  if (!apps.hearsConfiguration) {
    throw new MechaError(
      "FAILED_PRECONDITION",
      "app channel is not initialized. cannot subscribe to configuration updates",
      { reason: "ERR_APP_CHANNEL_NIL", httpStatus: 500 },
    );
  }
  const request = { storeName: store, keys: call.query.getAll("key"), metadata: call.queryMetadata };
  const changes = runtime.transport.stream(daprMethods.subscribeConfiguration, once(request))[Symbol.asyncIterator]();
  const first = await changes.next();
  void forwardChanges(store, changes, runtime);
  call.sendJson({ id: first.done === true ? "" : first.value.id });
}

/** Each change is told under the inbound policy of the store, if it has one. */
async function forwardChanges(store: string, changes: Changes, runtime: RouteContext["runtime"]): Promise<void> {
  const logger = createLogger(store);
  const policy = runtime.protection?.inbound(store, "configuration");
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const removeDoor = runtime.addDoor(() => {
    end();
    return Promise.resolve();
  });
  try {
    let next = await changes.next();
    while (next.done !== true) {
      const values = toConfigurationValues(next.value.items);
      const tell = (signal?: AbortSignal): Promise<void> =>
        runtime.apps.tellConfiguration(
          { store, values },
          signal === undefined ? background : new AttemptContext(background, signal),
        );
      const upcoming = changes.next();
      // What is tried again and again ends with the subscription too.
      upcoming.then(({ done }) => {
        if (done === true) end();
      }, end);
      await (policy === undefined ? tell() : policy.tell(tell, ending.signal)).catch((error: unknown) => {
        logger.error(`error sending configuration item to the app: ${messageOf(error)}`);
      });
      next = await upcoming;
    }
  } catch (error) {
    logger.error(`a subscription made over HTTP has ended: ${messageOf(error)}`);
  } finally {
    removeDoor();
  }
}

type Changes = AsyncIterator<configuration.SubscribeConfigurationResponse>;

/** Nobody waits for these calls, and nothing ends them. */
const background: CallContext = {
  metadata: {},
  peer: "in-process",
  signal: new AbortController().signal,
  setHeader: () => undefined,
  setTrailer: () => undefined,
};

async function* once<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield value;
}
