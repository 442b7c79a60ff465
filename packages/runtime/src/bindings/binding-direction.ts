import type { InputBinding, OutputBinding } from "@mecha/spec";
import type { RunningComponent } from "../registry.js";

/** The input side of a binding: absent if its type has none, or if its `direction` leaves it out. */
export function inputOf(running: RunningComponent<"bindings">): InputBinding | undefined {
  const { component } = running;
  return "read" in component && includes(running, "input") ? component : undefined;
}

/** The output side of a binding: absent if its type has none, or if its `direction` leaves it out. */
export function outputOf(running: RunningComponent<"bindings">): OutputBinding | undefined {
  const { component } = running;
  return "invoke" in component && includes(running, "output") ? component : undefined;
}

/** Whether the YAML of a binding says that it is for input: daprd then reads it without asking the app. */
export function isExplicitInput({ metadata }: RunningComponent<"bindings">): boolean {
  return directionsOf(metadata)?.includes("input") === true;
}

function includes({ metadata }: RunningComponent<"bindings">, direction: "input" | "output"): boolean {
  return directionsOf(metadata)?.includes(direction) ?? true;
}

/** What the metadata entry `direction` lists; `undefined` if there is none. */
function directionsOf(metadata: Readonly<Record<string, string>>): readonly string[] | undefined {
  const entry = Object.entries(metadata).find(([key]) => key.toLowerCase() === "direction");
  return entry?.[1].split(",").map((direction) => direction.trim().toLowerCase());
}
