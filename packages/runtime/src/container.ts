import type { Duplex } from "node:stream";
import type { ComponentLogger } from "@mecha/spec";
import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { Container, type ServiceIdentifier } from "inversify";
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
import { metadataHandlers } from "./metadata/metadata-handlers.js";
import type { Observers } from "./observers/observers.js";
import type { Outbox } from "./outbox/outbox.js";
import { pubsubHandlers } from "./pubsub/pubsub-handlers.js";
import type { TopicStream } from "./pubsub/topic-stream.js";
import type { Registry } from "./registry.js";
import type { Protection } from "./resiliency/protection.js";
import { systemClock } from "./scheduling/clock.js";
import type { SecretAccess } from "./secrets/secret-access.js";
import { secretHandlers } from "./secrets/secret-handlers.js";
import { openNativeSession } from "./state/native-session.js";
import { stateHandlers } from "./state/state-handlers.js";

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
  readonly shutDown: () => void;
  /** Folder in which the processes of this machine meet. */
  readonly folder: string;
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

const tokens = {
  input: token<CompositionInput>("input"),
  apps: token<AttachedApps>("apps"),
  actorsAndJobs: token<ActorsAndJobs>("actorsAndJobs"),
  topicStreams: token<Set<TopicStream>>("topicStreams"),
  openConfigurations: token<OpenConfigurations>("openConfigurations"),
  block: token<DaprHandlers>("block"),
  handlers: token<HandlerTable>("handlers"),
  transport: token<InProcessTransport>("transport"),
};

/** Puts a runtime together: one place says who gets what, all parts are plain factories. */
export function compose(input: CompositionInput): Composition {
  const container = new Container({ defaultScope: "Singleton" });
  container.bind(tokens.input).toConstantValue(input);
  container.bind(tokens.apps).toResolvedValue(() => new AttachedApps());
  container
    .bind(tokens.actorsAndJobs)
    .toResolvedValue(
      (context: CompositionInput) => new ActorsAndJobs({ ...context, clock: systemClock }),
      [tokens.input],
    );
  container.bind(tokens.topicStreams).toResolvedValue(() => new Set<TopicStream>());
  container.bind(tokens.openConfigurations).toResolvedValue((): OpenConfigurations => new Map());
  bindBlocks(container);
  container.bind(tokens.handlers).toResolvedValue(
    ({ observers, protection }: CompositionInput, blocks: DaprHandlers[]) => {
      const handlers = Object.assign({}, ...blocks) as DaprHandlers;
      return observers.handlers(handlerTable(protection?.handlers(handlers) ?? handlers));
    },
    [tokens.input, { isMultiple: true, serviceIdentifier: tokens.block }],
  );
  container.bind(tokens.transport).toResolvedValue(
    (handlers: HandlerTable, { registry, maxMessageBytes, openAppGrpc, observers }: CompositionInput) =>
      createInProcessTransport({
        handlers: observers.inProcessDoor(handlers),
        maxMessageBytes,
        openAppGrpc,
        openNativeSession: (metadata) => openNativeSession(registry, metadata),
      }),
    [tokens.handlers, tokens.input],
  );
  return {
    handlers: container.get(tokens.handlers),
    transport: container.get(tokens.transport),
    apps: container.get(tokens.apps),
    actorsAndJobs: container.get(tokens.actorsAndJobs),
    topicStreams: container.get(tokens.topicStreams),
    openConfigurations: container.get(tokens.openConfigurations),
  };
}

function bindBlocks(container: Container): void {
  const { input, apps, actorsAndJobs, topicStreams, openConfigurations, block } = tokens;
  container
    .bind(block)
    .toResolvedValue(
      ({ registry, appId, outbox }: CompositionInput) => stateHandlers(registry, appId, outbox),
      [input],
    );
  container
    .bind(block)
    .toResolvedValue(
      ({ registry, appId, logger, protection }: CompositionInput, open: Set<TopicStream>) =>
        pubsubHandlers({ registry, logger, open, protection }, appId),
      [input, topicStreams],
    );
  container
    .bind(block)
    .toResolvedValue(
      ({ registry }: CompositionInput, open: OpenConfigurations) => configurationHandlers(registry, open),
      [input, openConfigurations],
    );
  container.bind(block).toResolvedValue(({ registry }: CompositionInput) => bindingHandlers(registry), [input]);
  container
    .bind(block)
    .toResolvedValue(
      ({ registry, mayReadSecret }: CompositionInput) => secretHandlers(registry, mayReadSecret),
      [input],
    );
  container
    .bind(block)
    .toResolvedValue(({ registry, appId }: CompositionInput) => lockHandlers(registry, appId), [input]);
  container
    .bind(block)
    .toResolvedValue(({ registry, logger }: CompositionInput) => cryptoHandlers(registry, logger), [input]);
  container.bind(block).toResolvedValue(({ registry }: CompositionInput) => conversationHandlers(registry), [input]);
  container
    .bind(block)
    .toResolvedValue(
      ({ appId, invokeRemote }: CompositionInput, attached: AttachedApps) =>
        invocationHandlers({ appId, invokeRemote, apps: attached }),
      [input, apps],
    );
  container.bind(block).toResolvedValue(({ handlers }: ActorsAndJobs) => handlers, [actorsAndJobs]);
  container
    .bind(block)
    .toResolvedValue(
      (context: CompositionInput, { actorRuntime }: ActorsAndJobs) => metadataHandlers({ ...context, actorRuntime }),
      [input, actorsAndJobs],
    );
}

function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(`mecha.runtime.${name}`);
}
