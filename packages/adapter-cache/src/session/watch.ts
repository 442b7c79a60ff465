import { isExpired } from "../engine/keyspace.js";
import { neutralRevision } from "../engine/revision.js";
import type { Workspace } from "../engine/workspace.js";

/** A watched key as it was when WATCH was called. */
export interface Watched {
  readonly revision: string;
  /** Whether the key was there, and not expired. */
  readonly live: boolean;
}

/** Watched documents by name; `undefined` while they have not been looked at. */
export type Watches = Map<string, Watched | undefined>;

/** Takes down how a document is now. */
export function watchDocument(workspace: Workspace, name: string, now: number): Watched {
  return { revision: workspace.revision(name), live: isLive(workspace, name, now) };
}

/** Says whether a watched key was changed since, or has ended meanwhile. */
export function wasModified(watched: Watched, workspace: Workspace, name: string, now: number): boolean {
  if (watched.live && !isLive(workspace, name, now)) return true;
  const revision = workspace.revision(name);
  if (revision === watched.revision) return false;
  // The store forgets tombstones and expired documents after a while; that is no change.
  if (revision === "") return watched.live;
  return !(watched.revision === "" && revision === neutralRevision);
}

function isLive(workspace: Workspace, name: string, now: number): boolean {
  const entry = workspace.entry(name);
  return entry !== undefined && !isExpired(entry, now);
}
