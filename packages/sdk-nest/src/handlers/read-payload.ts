import type { BindingEvent, BulkTopicEvent, Invocation, JobEvent, TopicEvent } from "@mecha/sdk-core";
import { type HandlerSpec, takesBatches } from "./handler-spec.js";

/** In which form a method wants its payload, as its parameter's type says. */
export type PayloadForm = "value" | "text" | "bytes";

/** The form that a parameter of a type is given. */
export function payloadFormOf(type: unknown): PayloadForm {
  if (type === String) return "text";
  return typeof type === "function" && (type === Uint8Array || type.prototype instanceof Uint8Array)
    ? "bytes"
    : "value";
}

/** What takes the payload out of what a runtime called with. */
export function payloadReader(spec: HandlerSpec, form: PayloadForm): (message: unknown) => unknown {
  switch (spec.kind) {
    case "topic": {
      const read = form === "bytes" ? (event: TopicEvent) => event.bytes : (event: TopicEvent) => event.data;
      return takesBatches(spec.options)
        ? (events) => (events as readonly BulkTopicEvent[]).map((event) => event.data)
        : (event) => read(event as TopicEvent);
    }
    case "binding":
    case "invocation":
    case "job":
      return (message) => valueOf(message as BindingEvent | Invocation | JobEvent, form);
    case "configuration":
      return (values) => values;
  }
}

function valueOf(message: BindingEvent | Invocation | JobEvent, form: PayloadForm): unknown {
  if (form === "bytes") return message.bytes;
  return form === "text" ? Buffer.from(message.bytes).toString("utf8") : message.json();
}
