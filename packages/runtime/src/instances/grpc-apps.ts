import { existsSync, rmSync } from "node:fs";
import type { NetConnectOpts } from "node:net";
import { MechaError } from "@mecha/spec";
import type { GrpcWay } from "./grpc-way.js";
import type { GrpcAppAddress, GrpcAppEntry } from "./grpc-app-entry.js";

/**
 * The gRPC servers that apps of this machine have of their own: says where this app's is, and connects to others'. What that takes is
 * loaded when it is first asked for.
 */
export class GrpcApps {
  readonly #folder: () => string;
  #removeAtExit: (() => void) | undefined;
  #entry: GrpcAppEntry | undefined;
  #turn = 0;

  constructor(folder: () => string) {
    this.#folder = folder;
  }

  /** Lets other processes find the server of this app, until `close()`. It need not listen yet. */
  async register(appId: string, address: GrpcAppAddress): Promise<void> {
    const [{ newGrpcAppEntry, writeGrpcAppEntry }, { makeRuntimeFolder }] = await loadEntries();
    const folder = this.#folder();
    await makeRuntimeFolder(folder);
    const entry = newGrpcAppEntry(folder, appId, address);
    await writeGrpcAppEntry(entry);
    this.#entry = entry;
    this.#removeAtExit = () => {
      rmSync(entry.file, { force: true });
    };
    process.once("exit", this.#removeAtExit);
  }

  /**
   * Connects to the server of an app, in turn if it has several.
   *
   * @throws MechaError `UNAVAILABLE` if none answers.
   */
  async open(appId: string): Promise<GrpcWay> {
    const entries = await this.#find(appId);
    const { connectSocket } = await import("./connect-socket.js");
    const first = entries.length === 0 ? 0 : this.#turn++ % entries.length;
    for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
      const socket = await connectSocket(addressOf(entry));
      if (socket !== undefined) return { socket, headers: {}, asksWho: entry.path !== undefined };
    }
    throw unreachable(appId, entries);
  }

  close(): void {
    if (this.#entry === undefined || this.#removeAtExit === undefined) return;
    process.off("exit", this.#removeAtExit);
    rmSync(this.#entry.file, { force: true });
  }

  async #find(appId: string): Promise<readonly GrpcAppEntry[]> {
    const folder = this.#folder();
    if (!existsSync(folder)) return [];
    const [{ readGrpcAppEntries }, { checkRuntimeFolder }] = await loadEntries();
    await checkRuntimeFolder(folder);
    return readGrpcAppEntries(folder, appId);
  }
}

const loadEntries = () => Promise.all([import("./grpc-app-entry.js"), import("./checked-folder.js")]);

function addressOf({ port, path }: GrpcAppEntry): NetConnectOpts {
  return path === undefined ? { host: "127.0.0.1", port: port ?? 0, noDelay: true } : { path };
}

function unreachable(appId: string, entries: readonly GrpcAppEntry[]): MechaError {
  const why =
    entries.length === 0
      ? "No process of this machine and project says that it has one: start the app with APP_PROTOCOL=grpc and APP_PORT, the port of its server."
      : `Nothing listens on 127.0.0.1 at ${entries.map(({ port, path }) => path ?? String(port)).join(", ")}, the APP_PORT of its processes.`;
  return new MechaError("UNAVAILABLE", `The gRPC server of app "${appId}" cannot be reached. ${why}`, {
    operation: "invocation.grpc",
    component: appId,
  });
}
