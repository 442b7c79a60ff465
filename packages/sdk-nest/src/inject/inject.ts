import { Inject } from "@nestjs/common";
import { mechaToken } from "../module/runtime-name.js";
import { type HandleKind, handleToken } from "./handle.js";

/** Decorates a parameter of a constructor, or a property. */
export type InjectDecorator = ParameterDecorator & PropertyDecorator;

/** Injects the connection to a runtime: a `Mecha` of `@mecha/sdk-core`. */
export function InjectMecha(runtime?: string): InjectDecorator {
  return Inject(mechaToken(runtime));
}

/** Injects a `State` by the name of its component. */
export function InjectState(store: string, runtime?: string): InjectDecorator {
  return injectHandle("state", store, runtime);
}

/** Injects a `PubSub` by the name of its component. */
export function InjectPubSub(name: string, runtime?: string): InjectDecorator {
  return injectHandle("pubsub", name, runtime);
}

/** Injects a `RemoteApp`: another app, by its app id. */
export function InjectApp(appId: string, runtime?: string): InjectDecorator {
  return injectHandle("app", appId, runtime);
}

/** Injects a `Binding` by the name of its component. */
export function InjectBinding(name: string, runtime?: string): InjectDecorator {
  return injectHandle("binding", name, runtime);
}

/** Injects a `Configuration` by the name of its component. */
export function InjectConfiguration(store: string, runtime?: string): InjectDecorator {
  return injectHandle("configuration", store, runtime);
}

/** Injects `Secrets` by the name of their component. */
export function InjectSecrets(store: string, runtime?: string): InjectDecorator {
  return injectHandle("secrets", store, runtime);
}

/** Injects a `Lock` by the name of its component. */
export function InjectLock(store: string, runtime?: string): InjectDecorator {
  return injectHandle("lock", store, runtime);
}

/** Injects a `Crypto` by the name of its component. */
export function InjectCrypto(component: string, runtime?: string): InjectDecorator {
  return injectHandle("crypto", component, runtime);
}

/** Injects a `SubtleCrypto` by the name of its component. */
export function InjectSubtleCrypto(component: string, runtime?: string): InjectDecorator {
  return injectHandle("subtleCrypto", component, runtime);
}

/** Injects a `Conversation` by the name of its component. */
export function InjectConversation(component: string, runtime?: string): InjectDecorator {
  return injectHandle("conversation", component, runtime);
}

/** Injects an `ActorType`: all actors of a type. */
export function InjectActorType(type: string, runtime?: string): InjectDecorator {
  return injectHandle("actorType", type, runtime);
}

/** Injects the `Jobs` of the app. */
export function InjectJobs(runtime?: string): InjectDecorator {
  return injectHandle("jobs", "", runtime);
}

/** Injects `Workflows`. */
export function InjectWorkflows(runtime?: string): InjectDecorator {
  return injectHandle("workflows", "", runtime);
}

function injectHandle(kind: HandleKind, name: string, runtime?: string): InjectDecorator {
  return Inject(handleToken(kind, name, runtime));
}
