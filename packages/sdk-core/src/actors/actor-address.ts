import { MechaError } from "@mecha/spec";
import type { ActorAddress } from "../app/actor-channel.js";

/** How messages name an actor. */
export function actorName({ actorType, actorId }: ActorAddress): string {
  return `actor "${actorType}/${actorId}"`;
}

/**
 * Checks a type or id.
 *
 * @throws MechaError `INVALID_ARGUMENT` for an empty one, which daprd would take for another route.
 */
export function requireName(name: string, what: string): string {
  if (name === "") throw new MechaError("INVALID_ARGUMENT", `The ${what} is empty`);
  return name;
}
