import { type HandlerDecorator, handlerDecorator } from "./handler-metadata.js";
import type {
  OnBindingOptions,
  OnConfigurationOptions,
  OnInvokeOptions,
  OnJobOptions,
  SubscribeOptions,
} from "./handler-spec.js";

/** Has a method handle the events of a topic. */
export function Subscribe(pubsub: string, topic: string, options: SubscribeOptions = {}): HandlerDecorator {
  return handlerDecorator({ kind: "topic", pubsub, topic, options });
}

/** Has a method handle the events of an input binding; what it returns goes back to the component. */
export function OnBinding(name: string, options: OnBindingOptions = {}): HandlerDecorator {
  return handlerDecorator({ kind: "binding", name, options });
}

/** Has a method answer invocations by other apps; `*` takes those that no other handler takes. */
export function OnInvoke(method: string, options: OnInvokeOptions = {}): HandlerDecorator {
  return handlerDecorator({ kind: "invocation", method, options });
}

/** Has a method handle a job that is due. */
export function OnJob(name: string, options: OnJobOptions = {}): HandlerDecorator {
  return handlerDecorator({ kind: "job", name, options });
}

/** Has a method hear of changes of configuration values; no keys means all, where the store can tell. */
export function OnConfiguration(
  store: string,
  keys: string | readonly string[] = [],
  options: OnConfigurationOptions = {},
): HandlerDecorator {
  return handlerDecorator({ kind: "configuration", store, keys: typeof keys === "string" ? [keys] : keys, options });
}
