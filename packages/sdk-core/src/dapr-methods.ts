import { actorsMethods } from "./generated/methods/actors.js";
import { bindingsMethods } from "./generated/methods/bindings.js";
import { configurationMethods } from "./generated/methods/configuration.js";
import { conversationMethods } from "./generated/methods/conversation.js";
import { cryptoMethods } from "./generated/methods/crypto.js";
import { invocationMethods } from "./generated/methods/invocation.js";
import { jobsMethods } from "./generated/methods/jobs.js";
import { lockMethods } from "./generated/methods/lock.js";
import { metadataMethods } from "./generated/methods/metadata.js";
import { pubsubMethods } from "./generated/methods/pubsub.js";
import { secretsMethods } from "./generated/methods/secrets.js";
import { stateMethods } from "./generated/methods/state.js";
import { workflowMethods } from "./generated/methods/workflow.js";
import type { HandlersOf } from "./transport/handler.js";

/**
 * Every RPC of the Dapr service: what an app may ask of a runtime.
 *
 * It loads the messages of all building blocks: who needs one block only takes the table of that block.
 */
export const daprMethods = {
  ...invocationMethods,
  ...stateMethods,
  ...pubsubMethods,
  ...bindingsMethods,
  ...secretsMethods,
  ...actorsMethods,
  ...configurationMethods,
  ...lockMethods,
  ...cryptoMethods,
  ...metadataMethods,
  ...workflowMethods,
  ...jobsMethods,
  ...conversationMethods,
};

/** Handlers of the Dapr service. */
export type DaprHandlers = HandlersOf<typeof daprMethods>;

/**
 * Every RPC of the services AppCallback, AppCallbackHealthCheck and AppCallbackAlpha: what a runtime may ask of an app.
 */
export { appCallbackMethods } from "./generated/methods/app-callback.js";
