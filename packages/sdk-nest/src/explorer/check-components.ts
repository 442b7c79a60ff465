import "reflect-metadata";
import type { LoadedComponent } from "@mecha/sdk-core";
import { type Handle, type HandleKind, handleOf } from "../inject/handle.js";
import { problem } from "./check-wiring.js";
import type { FoundHandler, InstanceWrapper } from "./found-handler.js";

/** A name of a component that stands in the source. */
export interface NamedComponent {
  /** What the type of such a component begins with. */
  readonly block: string;
  readonly name: string;
  /** Makes a line about it. */
  readonly line: (what: string) => string;
}

/** The blocks of handles that name a component. */
const blocks: Readonly<Partial<Record<HandleKind, string>>> = {
  state: "state",
  pubsub: "pubsub",
  binding: "bindings",
  configuration: "configuration",
  secrets: "secretstores",
  lock: "lock",
  crypto: "crypto",
  subtleCrypto: "crypto",
  conversation: "conversation",
};

/** The components that handlers name. */
export function componentsOfHandlers(handlers: readonly FoundHandler[]): readonly NamedComponent[] {
  return handlers.flatMap((handler) => {
    const { spec } = handler;
    const line = (what: string): string => problem(handler, what);
    if (spec.kind === "topic") return [{ block: "pubsub", name: spec.pubsub, line }];
    if (spec.kind === "binding") return [{ block: "bindings", name: spec.name, line }];
    return spec.kind === "configuration" ? [{ block: "configuration", name: spec.store, line }] : [];
  });
}

/** The components that providers and controllers inject of a runtime. */
export function componentsOfHandles(wrappers: readonly InstanceWrapper[], runtime: string): readonly NamedComponent[] {
  return wrappers.flatMap((wrapper) =>
    tokensOf(wrapper).flatMap(({ token, where }) => {
      const handle = handleOf(token);
      const block = handle && blocks[handle.kind];
      if (handle?.runtime !== runtime || block === undefined) return [];
      const title = `${String(wrapper.name)}, ${where}, ${decoratorOf(handle)}`;
      return [{ block, name: handle.name, line: (what: string) => `${title}: ${what}` }];
    }),
  );
}

/** What is wrong with names, given what the runtime has loaded: a line each. */
export function checkComponents(
  named: readonly NamedComponent[],
  loaded: readonly LoadedComponent[],
): readonly string[] {
  return named.flatMap(({ block, name, line }) => {
    const ofBlock = loaded.filter(({ type }) => type.startsWith(`${block}.`)).map((component) => component.name);
    // daprd has this one on Kubernetes without listing it.
    if (ofBlock.includes(name) || (block === "secretstores" && name === "kubernetes")) return [];
    const known = ofBlock.length === 0 ? "none" : ofBlock.map((each) => `"${each}"`).join(", ");
    return [line(`the runtime has no component "${name}" of ${block}; it has ${known}`)];
  });
}

interface WantedToken {
  readonly token: unknown;
  readonly where: string;
}

/** What a class or factory asks the container for, by Nest's own notes. */
function tokensOf({ metatype, inject }: InstanceWrapper): readonly WantedToken[] {
  if (inject !== undefined && inject !== null) {
    return inject.map((token: unknown) => ({ token, where: "inject of its factory" }));
  }
  if (typeof metatype !== "function") return [];
  const parameters = (Reflect.getMetadata("self:paramtypes", metatype) ?? []) as { index: number; param: unknown }[];
  const properties = (Reflect.getMetadata("self:properties_metadata", metatype) ?? []) as {
    key: unknown;
    type: unknown;
  }[];
  return [
    ...parameters.map(({ index, param }) => ({ token: param, where: `parameter ${index + 1} of its constructor` })),
    ...properties.map(({ key, type }) => ({ token: type, where: `property ${String(key)}` })),
  ];
}

function decoratorOf({ kind, name }: Handle): string {
  const block = kind === "pubsub" ? "PubSub" : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return `@Inject${block}(${JSON.stringify(name)})`;
}
