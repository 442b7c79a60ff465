import type { Component } from "@mecha/spec";

const bare = new WeakMap<Component, Component>();

/** Remembers the component behind one whose calls run under a policy. */
export function rememberBare(guarded: Component, component: Component): void {
  bare.set(guarded, component);
}

/**
 * A component without the policies of Resiliency resources, for the runtime's own books: as in daprd, those are for what an app asks
 * of a component.
 */
export function bareComponent<C extends Component>(component: C): C {
  // What is behind a component has its contract.
  return (bare.get(component) as C | undefined) ?? component;
}
