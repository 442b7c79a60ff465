import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { hasEnded, startTimeOf } from "../instances/process-identity.js";
import { checkRuntimeFolder } from "../instances/checked-folder.js";

const suffix = ".actors.json";

const schema = z.object({
  version: z.literal(1),
  appId: z.string(),
  pid: z.int().check(z.positive()),
  startTime: z.string(),
  /** Name of the socket at which the actors are called. */
  socket: z.string(),
  types: z.array(z.string()),
});

/** What a process says of the actors that it runs, for other apps of the machine. */
type ActorEntry = z.infer<typeof schema>;

/** The entry of this process in the folder where the apps of the machine meet. */
export interface PublishedActors {
  /** Says which types can be called here; none takes the entry away. */
  publish(types: readonly string[]): void;
  /** Takes the entry away. Idempotent. */
  remove(): void;
}

/** Makes the entry of an app whose actors are called at a socket. */
export function publishedActors(folder: string, appId: string, socket: string): PublishedActors {
  const file = join(folder, socket + suffix);
  const { pid } = process;
  const startTime = startTimeOf(pid);
  const remove = (): void => rmSync(file, { force: true });
  process.once("exit", remove);
  return {
    publish(types) {
      if (types.length === 0) {
        remove();
        return;
      }
      const entry: ActorEntry = { version: 1, appId, pid, startTime, socket, types: [...types] };
      // In one step: a reader sees all of it or nothing.
      writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

/** The sockets at which actors of a type are called; entries of processes that ended are removed. */
export async function socketsOfType(folder: string, type: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return [];
  // What stands there says where calls go: nobody else may have written it.
  await checkRuntimeFolder(folder);
  return names
    .filter((name) => name.endsWith(suffix))
    .sort()
    .flatMap((name) => {
      const entry = readEntry(join(folder, name));
      return entry?.types.includes(type) === true ? [entry.socket] : [];
    });
}

function readEntry(file: string): ActorEntry | undefined {
  try {
    const entry = schema.parse(JSON.parse(readFileSync(file, "utf8")));
    if (!hasEnded(entry)) return entry;
    rmSync(file, { force: true });
    return undefined;
  } catch {
    // Gone meanwhile, or of another version.
    return undefined;
  }
}
