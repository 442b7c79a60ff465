import { type ComponentContext, MechaError } from "@mecha/spec";

const titles: Readonly<Record<string, string>> = {
  state: "State store",
  pubsub: "Pub/sub",
  bindings: "Binding",
  configuration: "Configuration store",
  lock: "Lock store",
};

/** A component as messages name it: its kind and its name, as `Lock store "locks"`. */
export function titleOf({ type, name }: ComponentContext): string {
  return `${titles[type.split(".", 1)[0] ?? ""] ?? "Component"} "${name}"`;
}

/** A component that was closed answers nothing. */
export function componentClosed(context: ComponentContext): MechaError {
  return new MechaError("UNAVAILABLE", `${titleOf(context)} (${context.type}) is closed`, { component: context.name });
}
