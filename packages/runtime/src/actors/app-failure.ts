import { MechaError } from "@mecha/spec";
import { actorError } from "./actor-errors.js";

/** What the operation of an error is that tells of a type or method that an app does not have: the SDK's, the HTTP channel's. */
const missingOperations: ReadonlySet<string | undefined> = new Set(["actors.find", "app.actor"]);

/** What daprd writes before what an app said. */
const appMark = "error from actor service: ";

/** What the operation of an error is that tells that the app went away in the middle of a call. */
const lostOperation = "actors.host";

/** The error of a call whose app went away before it answered. */
export function hostLost(): MechaError {
  return new MechaError("UNAVAILABLE", "actor host disconnected before responding", { operation: lostOperation });
}

/** Whether a call failed because the app went away. */
export function isHostLost(thrown: unknown): boolean {
  return MechaError.is(thrown) && thrown.operation === lostOperation;
}

/** The failure that an app has told in a message: the gRPC status and text of its choice. */
export function toldFailure(code: number, message: string): MechaError {
  return code === 5
    ? new MechaError("NOT_FOUND", message, { operation: "actors.find" })
    : new MechaError("UNKNOWN", message);
}

/** What an app threw, as a message tells it: daprd passes on nothing else, so the code goes before the text. */
export function tellFailure(thrown: unknown): { readonly isMissing: boolean; readonly message: string } {
  const { code, message, operation } = MechaError.from(thrown);
  return {
    isMissing: code === "NOT_FOUND" && missingOperations.has(operation),
    message: code === "UNKNOWN" ? message : `${code}: ${message}`,
  };
}

/** The error of InvokeActor for what an app threw. */
export function invokeFailure(thrown: unknown, method: string): MechaError {
  const { isMissing, message } = tellFailure(thrown);
  const ofApp = message.startsWith(appMark) ? message : appMark + message;
  const reason = isMissing ? `actor method not found: ${method}` : ofApp;
  return actorError("invoke", `error invoke actor method: ${reason}`, { cause: thrown });
}
