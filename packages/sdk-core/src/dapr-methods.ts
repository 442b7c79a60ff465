import { AppCallbackDefinition } from "./generated/dapr/proto/runtime/v1/appcallback.js";
import { DaprDefinition } from "./generated/dapr/proto/runtime/v1/dapr.js";
import type { HandlersOf } from "./transport/handler.js";
import { methodsOf, type MethodsOf } from "./transport/method.js";

/** Every RPC of the Dapr service: what an app may ask of a runtime. */
export const daprMethods: MethodsOf<typeof DaprDefinition> = methodsOf(DaprDefinition);

/** Every RPC of the AppCallback service: what a runtime may ask of an app. */
export const appCallbackMethods: MethodsOf<typeof AppCallbackDefinition> = methodsOf(AppCallbackDefinition);

/** Handlers of the Dapr service. */
export type DaprHandlers = HandlersOf<typeof daprMethods>;
