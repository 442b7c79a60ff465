import type { Duplex } from "node:stream";
import type { ComponentLogger } from "@mecha/spec";
import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { daprOutline } from "@mecha/sdk-core/protocol-core";
import { ActorsAndJobs } from "./actors/actors-and-jobs.js";
import { bindingHandlers } from "./bindings/binding-handlers.js";
import { configurationHandlers } from "./configuration/configuration-handlers.js";
import type { OpenConfigurations } from "./configuration/subscribe-configuration.js";
import { conversationHandlers } from "./conversation/conversation-handlers.js";
import { cryptoHandlers } from "./crypto/crypto-handlers.js";
import { createInProcessTransport, type InProcessTransport } from "./doors/in-process/in-process-transport.js";
import { handlerTable, type HandlerTable } from "./doors/handler-table.js";
import { AttachedApps } from "./invocation/attached-apps.js";
import { invocationHandlers, type RemoteInvoke } from "./invocation/invoke-service.js";
import { lockHandlers } from "./lock/lock-handlers.js";
import type { ReportedApp } from "./metadata/metadata-block.js";
import { metadataHandlers } from "./metadata/metadata-handlers.js";
import type { SubscribedTopics } from "./metadata/subscriptions.js";
import type { Observers } from "./observers/observers.js";
import type { Outbox } from "./outbox/outbox.js";
import { pubsubHandlers } from "./pubsub/pubsub-handlers.js";
import type { TopicStream } from "./pubsub/topic-stream.js";
import type { Registry } from "./registry.js";
import type { Protection } from "./resiliency/protection.js";
import { systemClock } from "./scheduling/clock.js";
import type { SecretAccess } from "./secrets/secret-access.js";
import { secretHandlers } from "./secrets/secret-handlers.js";
import { openNativeSession } from "./sessions/native-session.js";
import { stateHandlers } from "./state/state-handlers.js";
import { createStatePlaces, createStateStores } from "./state/state-stores.js";

/** What the parts of a runtime are made from. */
export interface CompositionInput {
  readonly appId: string;
  readonly version: string;
  readonly registry: Registry;
  /** Absent where no state store has one. */
  readonly outbox: Outbox | undefined;
  /** What protects calls by the Resiliency resources; absent where there are none. */
  readonly protection: Protection | undefined;
  readonly logger: ComponentLogger;
  readonly maxMessageBytes: number;
  readonly mayReadSecret: SecretAccess;
  readonly observers: Observers;
  readonly invokeRemote: RemoteInvoke;
  /** Names of the servers outside that apps call. */
  readonly httpEndpoints: ReadonlySet<string>;
  readonly openAppGrpc: (appId: string) => Promise<Duplex>;
  /** Features of the runtime that are on, by daprd's names. */
  readonly features: readonly string[];
  /** The topics that the app is called for. */
  readonly calledTopics: () => Pick<SubscribedTopics, "declared" | "listed">;
  /** How the runtime reaches its app, if that is a process of its own. */
  readonly appConnection: ReportedApp["connection"];
  readonly shutDown: () => void;
  /** Folder in which the processes of this machine meet. */
  readonly folder: () => string;
}

/** The parts of a runtime that the outside needs. */
export interface Composition {
  readonly handlers: HandlerTable;
  readonly transport: InProcessTransport;
  readonly apps: AttachedApps;
  readonly actorsAndJobs: ActorsAndJobs;
  readonly topicStreams: Set<TopicStream>;
  readonly openConfigurations: OpenConfigurations;
}

/** Puts a runtime together: one place says who gets what, all parts are plain factories. */
export function compose(input: CompositionInput): Composition {
  const { registry, appId, logger, maxMessageBytes, openAppGrpc, observers, protection } = input;
  const apps = new AttachedApps();
  const actorsAndJobs = new ActorsAndJobs({ ...input, clock: systemClock });
  const topicStreams = new Set<TopicStream>();
  const openConfigurations: OpenConfigurations = new Map();
  const topics = (): SubscribedTopics => {
    const { declared, listed } = input.calledTopics();
    return { declared, listed, streamed: [...topicStreams].map(({ subscribed }) => subscribed) };
  };
  const stateStores = createStateStores(registry, appId);
  const blocks: DaprHandlers = {
    ...stateHandlers(stateStores, input.outbox),
    ...pubsubHandlers({ registry, logger, open: topicStreams, protection }, appId),
    ...configurationHandlers(registry, openConfigurations),
    ...bindingHandlers(registry),
    ...secretHandlers(registry, input.mayReadSecret),
    ...lockHandlers(registry, appId),
    ...cryptoHandlers(registry, logger),
    ...conversationHandlers(registry),
    ...invocationHandlers({ appId, invokeRemote: input.invokeRemote, apps }),
    ...actorsAndJobs.handlers,
    ...metadataHandlers({
      ...input,
      app: { topics, connection: input.appConnection },
      actorRuntime: actorsAndJobs.actorRuntime,
    }),
  };
  const handlers = observers.handlers(handlerTable(protection?.handlers(blocks) ?? blocks));
  const inProcess = observers.inProcessDoor(handlers);
  const transport = createInProcessTransport({
    handlers: inProcess,
    statePlaces: isWatched(inProcess, blocks) ? undefined : createStatePlaces(registry, stateStores),
    maxMessageBytes,
    openAppGrpc,
    openNativeSession: (metadata) => openNativeSession(registry, appId, metadata),
  });
  return { handlers, transport, apps, actorsAndJobs, topicStreams, openConfigurations };
}

/** Whether something has been put around the calls that read and save state. */
function isWatched(table: HandlerTable, { getState, saveState }: DaprHandlers): boolean {
  const handlerOf = (path: string): unknown => table.get(path)?.handle;
  return handlerOf(daprOutline.getState.path) !== getState || handlerOf(daprOutline.saveState.path) !== saveState;
}
