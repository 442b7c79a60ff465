import type { Component } from "./component.js";
import type { OutputBinding } from "./output-binding.js";
import type { Subscription } from "./pub-sub.js";

/** What an input binding saw outside. */
export interface BindingEvent {
  readonly data: Uint8Array;
  /** What the binding says of the event, in Dapr's names. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Handles one event; resolves with what the app answers. A rejection means that the app did not handle it. */
export type BindingEventHandler = (event: BindingEvent) => Promise<Uint8Array>;

/** An input binding: something outside that calls the app. */
export interface InputBinding extends Component {
  /**
   * Starts to hand events over, each once; resolves when events from then on will come. What becomes of an event whose handler
   * rejects is the binding's to say: a queue delivers it again, a schedule goes on.
   */
  read(handler: BindingEventHandler): Promise<Subscription>;
}

/** What is behind a component type of kind `bindings`: the app calls it, it calls the app, or both. */
export type Binding = OutputBinding | InputBinding;
