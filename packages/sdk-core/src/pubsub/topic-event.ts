import { codecOf, decodeValue } from "../codec.js";
import { parsedData, type ParsedEventRequest } from "./parsed-data.js";

/** An event of a topic: a CloudEvent with the names that Dapr gives its attributes. */
export interface TopicEvent<T = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specVersion: string;
  readonly dataContentType: string;
  readonly topic: string;
  readonly pubsubName: string;
  /** The payload: parsed if it is JSON, text if its type is text, else bytes. Read when it is first asked for. */
  readonly data: T;
  /** The payload as it came. */
  readonly bytes: Uint8Array;
  /** What the event is about, as its publisher says (`subject`). */
  readonly subject: string | undefined;
  /** When the event happened, as its publisher says, else when it was published; `undefined` for a time that is none. */
  readonly time: Date | undefined;
  /** W3C trace context of the publisher (`traceparent`); `undefined` if there is none. */
  readonly traceParent: string | undefined;
  /** The rest of the publisher's trace context (`tracestate`). */
  readonly traceState: string | undefined;
  /** The other attributes of the CloudEvent, those that are named here with a name of their own included. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Makes an event from its message. */
export function toTopicEvent<T>(request: ParsedEventRequest): TopicEvent<T> {
  return new MessageEvent<T>(request);
}

const noExtensions = Object.freeze({});

/** A class: an object with accessors of its own takes as long to make as all else that is done with an event. */
class MessageEvent<T> implements TopicEvent<T> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specVersion: string;
  readonly dataContentType: string;
  readonly topic: string;
  readonly pubsubName: string;
  readonly bytes: Uint8Array;
  readonly extensions: Readonly<Record<string, unknown>>;
  #isRead: boolean;
  #data: T | undefined;

  constructor(request: ParsedEventRequest) {
    this.id = request.id;
    this.source = request.source;
    this.type = request.type;
    this.specVersion = request.specVersion;
    this.dataContentType = request.dataContentType;
    this.topic = request.topic;
    this.pubsubName = request.pubsubName;
    this.bytes = request.data;
    this.extensions = request.extensions ?? noExtensions;
    // What was parsed is a T as far as its subscriber says.
    this.#data = request[parsedData] as T | undefined;
    this.#isRead = this.#data !== undefined;
  }

  /** Decoded when asked for, so that an event with a payload that is not what it says still reaches its handler. */
  get data(): T {
    if (!this.#isRead) {
      const subject = (): string => `The payload of event ${this.id} of topic "${this.topic}"`;
      this.#data = decodeValue(this.bytes, codecOf(this.dataContentType), subject) as T;
      this.#isRead = true;
    }
    // What was read is a T as far as its subscriber says.
    return this.#data as T;
  }

  get subject(): string | undefined {
    return this.#text("subject");
  }

  get time(): Date | undefined {
    const text = this.#text("time");
    const time = text === undefined ? undefined : new Date(text);
    return time === undefined || Number.isNaN(time.getTime()) ? undefined : time;
  }

  get traceParent(): string | undefined {
    return this.#text("traceparent");
  }

  get traceState(): string | undefined {
    return this.#text("tracestate");
  }

  /** daprd sends attributes that are not there as empty texts. */
  #text(name: string): string | undefined {
    const value = this.extensions[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }
}
