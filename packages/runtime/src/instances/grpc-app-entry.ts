import { randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { percentEncoded } from "../percent-encoded.js";
import { hasEnded, startTimeOf } from "./process-identity.js";

const schema = z.object({
  appId: z.string(),
  pid: z.int().check(z.positive()),
  startTime: z.string(),
  port: z.optional(z.int().check(z.minimum(1), z.maximum(65_535))),
  path: z.optional(z.string()),
});

/** Where calls of the gRPC server of an app go: its port on 127.0.0.1, or a socket at which its runtime looks at them first. */
export type GrpcAppAddress = { readonly port: number } | { readonly path: string };

/** The gRPC server that a process has of its own. */
export interface GrpcAppEntry {
  readonly appId: string;
  readonly pid: number;
  /** When that process began; another one may get its number. */
  readonly startTime: string;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  /** The file that says so. */
  readonly file: string;
}

const suffix = ".grpc.json";

/** What this process says of its server. */
export function newGrpcAppEntry(folder: string, appId: string, address: GrpcAppAddress): GrpcAppEntry {
  const { pid } = process;
  const unique = `${String(pid)}-${randomBytes(4).toString("hex")}`;
  return {
    appId,
    pid,
    startTime: startTimeOf(pid),
    ...address,
    file: join(folder, `${percentEncoded(appId)}~${unique}${suffix}`),
  };
}

/** Writes an entry in one step: a reader sees all of it or nothing. */
export async function writeGrpcAppEntry({ file, ...content }: GrpcAppEntry): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  await rename(draft, file);
}

/** The entries of an app whose processes live; those of dead ones are removed. */
export async function readGrpcAppEntries(folder: string, appId: string): Promise<readonly GrpcAppEntry[]> {
  const prefix = `${percentEncoded(appId)}~`;
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(suffix));
  const entries: GrpcAppEntry[] = [];
  for (const name of names.sort()) {
    const entry = await readEntry(join(folder, name));
    if (entry?.appId !== appId) continue;
    if (hasEnded(entry)) await rm(entry.file, { force: true });
    else entries.push(entry);
  }
  return entries;
}

/** `undefined` for one that is gone meanwhile, or broken. */
async function readEntry(file: string): Promise<GrpcAppEntry | undefined> {
  try {
    return { ...schema.parse(JSON.parse(await readFile(file, "utf8"))), file };
  } catch {
    return undefined;
  }
}
