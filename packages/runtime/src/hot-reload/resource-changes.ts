import type { ComponentResource } from "../resources/component-resource.js";
import type { Resources } from "../resources/read-resources.js";

/** How the components of a folder differ from those in use. */
export interface ComponentChanges {
  /** To be started, each instead of the one of its name if there is one. */
  readonly changed: readonly ComponentResource[];
  readonly removed: readonly ComponentResource[];
  /** What cannot change while the runtime runs, and why. */
  readonly refused: readonly { readonly resource: ComponentResource; readonly reason: string }[];
}

/** Compares the components of a folder with those in use, by name. */
export function findChanges(
  inUse: ReadonlyMap<string, ComponentResource>,
  found: readonly ComponentResource[],
): ComponentChanges {
  const names = new Set(found.map(({ name }) => name));
  const differing = found.filter((resource) => {
    const current = inUse.get(resource.name);
    return current === undefined || fingerprint(current) !== fingerprint(resource);
  });
  const gone = [...inUse.values()].filter(({ name }) => !names.has(name));
  const refused = [
    ...differing.map((resource) => ({ resource, reason: whyFixed(inUse.get(resource.name), resource) })),
    ...gone.map((resource) => ({ resource, reason: whyFixed(resource, undefined) })),
  ].flatMap(({ resource, reason }) => (reason === undefined ? [] : [{ resource, reason }]));
  const isFree = (resource: ComponentResource): boolean => !refused.some((one) => one.resource === resource);
  return { changed: differing.filter(isFree), removed: gone.filter(isFree), refused };
}

/** What a runtime reads. */
export interface WhatIsRead extends Pick<Resources, "resiliencies" | "httpEndpoints"> {
  /** Text of the file with the Configuration; empty for none. */
  readonly configuration: string;
}

/** The kinds besides components and subscriptions that have changed: they are read at the start alone. */
export function needsRestart(before: WhatIsRead, after: WhatIsRead): readonly string[] {
  const text = ({ resiliencies, httpEndpoints, configuration }: WhatIsRead): Readonly<Record<string, string>> => ({
    Resiliency: JSON.stringify(resiliencies.map(({ document }) => document.value)),
    HTTPEndpoint: JSON.stringify(httpEndpoints.map(({ document }) => document.value)),
    Configuration: configuration,
  });
  const old = text(before);
  return Object.entries(text(after)).flatMap(([kind, now]) => (old[kind] === now ? [] : [kind]));
}

/** Two with the same fingerprint run alike; where in which file they stand is no difference. */
function fingerprint({ type, version, settings, secretStore }: ComponentResource): string {
  return JSON.stringify([type, version, settings, secretStore]);
}

/** As in daprd, whose actors keep their store, too. */
function whyFixed(before: ComponentResource | undefined, after: ComponentResource | undefined): string | undefined {
  if ([before, after].some((one) => one !== undefined && entries(one, isActorStore) !== "[]")) {
    return "it is, or is to be, the state store of actors, reminders and jobs";
  }
  const [old, now] = [before, after].map((one) => (one === undefined ? "[]" : entries(one, isOutbox)));
  return old === now ? undefined : "its outbox is set up when the runtime starts";
}

const isActorStore = (key: string): boolean => key === "actorstatestore";
const isOutbox = (key: string): boolean => key.startsWith("outbox");

/** Those metadata entries of a state store, as text to compare. */
function entries({ type, settings }: ComponentResource, wanted: (key: string) => boolean): string {
  if (!type.startsWith("state.")) return "[]";
  return JSON.stringify(settings.filter(({ name }) => wanted(name.toLowerCase())));
}
