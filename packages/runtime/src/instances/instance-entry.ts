import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { percentEncoded } from "../percent-encoded.js";
import { peerProtocolVersion } from "./peer/peer-frame.js";
import { startTimeOf } from "./process-identity.js";

const schema = z.object({
  protocol: z.literal(peerProtocolVersion),
  appId: z.string(),
  pid: z.int().check(z.positive()),
  startTime: z.string(),
  socket: z.string(),
});

/** One process of an app that takes invocations. */
export interface InstanceEntry extends Readonly<z.infer<typeof schema>> {
  /** The file that says so. */
  readonly file: string;
}

const suffix = ".instance.json";
const socketSuffix = ".sock";

/** Which app a file of the runtime folder is about; `undefined` for files that are no entries. */
export function appIdOfFile(name: string): string | undefined {
  if (!name.endsWith(suffix)) return undefined;
  try {
    return decodeURIComponent(name.slice(0, name.lastIndexOf("~")));
  } catch {
    return undefined;
  }
}

/** Names for a new instance of this process: its entry and its socket. */
export function newInstanceEntry(folder: string, appId: string): InstanceEntry {
  const { pid } = process;
  const unique = `${String(pid)}-${randomBytes(4).toString("hex")}`;
  return {
    protocol: peerProtocolVersion,
    appId,
    pid,
    startTime: startTimeOf(pid),
    socket: join(folder, `${unique}${socketSuffix}`),
    file: join(folder, `${percentEncoded(appId)}~${unique}${suffix}`),
  };
}

/** Writes an entry in one step: a reader sees all of it or nothing. */
export async function writeInstanceEntry({ file, ...content }: InstanceEntry): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  await rename(draft, file);
}

/**
 * Reads an entry; `undefined` for one that is gone meanwhile, broken, of another version, or whose socket is elsewhere: the socket of
 * a dead instance is removed, and must be no other file.
 */
export async function readInstanceEntry(file: string): Promise<InstanceEntry | undefined> {
  try {
    const entry = schema.parse(JSON.parse(await readFile(file, "utf8")));
    const isBeside = dirname(entry.socket) === dirname(file) && entry.socket.endsWith(socketSuffix);
    return isBeside ? { ...entry, file } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes entry and socket of an instance that ended. */
export async function removeInstance({ file, socket }: InstanceEntry): Promise<void> {
  await Promise.all([rm(file, { force: true }), rm(socket, { force: true })]);
}
