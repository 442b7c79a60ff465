import type { Engine } from "../engine/engine.js";
import { ClientStream, type Liveness } from "./client-stream.js";
import { Session } from "./session.js";
import type { RecordCommand } from "./statistics.js";

/** How to open a session's stream. */
export interface SessionStreamOptions {
  /** Told of every command that reached the store. */
  readonly record?: RecordCommand | undefined;
  /** What `ref()` and `unref()` of the stream act on. */
  readonly liveness: Liveness;
}

/** A client's connection to the command engine. */
export class SessionStream extends ClientStream {
  constructor(engine: Engine, { record, liveness }: SessionStreamOptions) {
    super(({ push, onEnd }) => new Session(engine, { record, push, onEnd }), liveness);
  }
}
