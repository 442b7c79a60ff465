import { posix } from "node:path";
import { MechaError } from "@mecha/spec";
import { actorError } from "./actor-errors.js";

/** Which actor something is about. */
export interface ActorAddress {
  readonly actorType: string;
  readonly actorId: string;
}

/** A text that no other actor has. */
export function actorKey({ actorType, actorId }: ActorAddress): string {
  return JSON.stringify([actorType, actorId]);
}

/** How daprd writes an actor in messages. */
export function actorPath({ actorType, actorId }: ActorAddress): string {
  return `${actorType}||${actorId}`;
}

/** The error for an actor that no app hosts. */
export function noAddress(address: ActorAddress): MechaError {
  return actorError("noAddress", `did not find address for actor '${actorPath(address)}'`, {
    component: address.actorType,
  });
}

/** Types of actors that are the runtime's own: those of workflows. */
const reservedPrefix = "dapr.internal.";

/** @throws MechaError `PERMISSION_DENIED` for types of actors that are the runtime's own. */
export function refuseReserved(actorType: string): void {
  if (!actorType.startsWith(reservedPrefix)) return;
  throw actorError(
    "typeReserved",
    `actor type ${JSON.stringify(actorType)} is reserved for the Dapr workflow runtime; direct actor API access is not permitted`,
    { component: actorType },
  );
}

/** Characters that would make another path of a name: `#?/\` and those that are for control. */
// eslint-disable-next-line no-control-regex -- control characters are what it finds
const forbidden = /[#?/\\\u0000-\u001f\u007f]/u;

/**
 * Checks a name that daprd writes into paths.
 *
 * @param what - what the name is, as daprd calls it
 * @throws MechaError `INVALID_ARGUMENT`
 */
export function checkName(name: string, what: string): void {
  if (!forbidden.test(name) && name !== "." && name !== "..") return;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `invalid ${what}: name contains forbidden characters: ${JSON.stringify(name)}`,
    {
      httpStatus: 400,
      operation: "actors.check",
    },
  );
}

/**
 * A method as apps get it, which have it in a path: dots that would lead out of the actor are resolved here, as in daprd.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a method that cannot be one
 */
export function methodPath(method: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it finds
  if (!/[#?\u0000-\u001f\u007f]/u.test(method)) return posix.join("/", method).replace(/^\/|\/$/gu, "");
  throw new MechaError("INVALID_ARGUMENT", `invalid actor method: ${JSON.stringify(method)}`, {
    httpStatus: 400,
    operation: "actors.invoke",
  });
}
