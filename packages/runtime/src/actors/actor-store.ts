import { MechaError, type StateStore } from "@mecha/spec";
import type { Registry, RunningComponent } from "../registry.js";
import { bareComponent } from "../resiliency/bare-component.js";

/** The metadata key that makes a state store the one of actors, in lower case. */
const settingName = "actorstatestore";

/** The values that daprd takes for true. */
const truthy: ReadonlySet<string> = new Set(["y", "yes", "true", "t", "on", "1"]);

/** The state store in which actors, reminders and jobs are kept. */
export interface ActorStore {
  readonly name: string;
  /** The store as apps have it, for the state of actors. */
  readonly store: StateStore;
  /** The store without policies, for the books of the engine: they are kept in transactions of its own, which it repeats by itself. */
  readonly bare: StateStore;
}

/**
 * Finds the state store whose metadata says `actorStateStore: "true"`; `undefined` if there is none.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if there is more than one, or it lacks ETags or transactions
 */
export function findActorStore(registry: Registry): ActorStore | undefined {
  const marked = registry.all.filter(isMarked);
  const [found, second] = marked;
  if (found === undefined) return undefined;
  if (second !== undefined)
    throw wrong(second.name, `"${found.name}" and "${second.name}" both say so; leave it to one of them`);
  // It is marked, so it is a state store.
  const { component } = found as RunningComponent<"state">;
  if (!component.features.includes("ETAG") || !component.features.includes("TRANSACTIONAL"))
    throw wrong(found.name, `"${found.name}" (${found.type}) lacks ETags or transactions, which it needs`);
  return { name: found.name, store: component, bare: bareComponent(component) };
}

function isMarked({ kind, metadata }: RunningComponent): boolean {
  if (kind !== "state") return false;
  return Object.entries(metadata).some(
    ([key, value]) => key.toLowerCase() === settingName && truthy.has(value.trim().toLowerCase()),
  );
}

function wrong(component: string, problem: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", `The state store of actors has actorStateStore "true": ${problem}.`, {
    component,
    operation: "actors.open",
  });
}
