import { rmSync } from "node:fs";
import { loadGrpcServer, type DaprHandlers } from "@mecha/sdk-core/protocol";
import { handlerTable, type WireEntry } from "../doors/handler-table.js";
import { wireTable } from "../doors/wire-table.js";
import { makeRuntimeFolder } from "../instances/checked-folder.js";
import type { JobReceiver } from "../jobs/deliver-job.js";
import { socketPath } from "./engine-socket.js";
import { jobLinkMethod, serveJobLink } from "./job-link.js";

/** What other processes of the app get to call. */
export interface EngineDoorOptions {
  readonly folder: string;
  /** Name of the socket, as the lease has it. */
  readonly socket: string;
  readonly handlers: DaprHandlers;
  readonly receive: (receiver: JobReceiver) => () => void;
  readonly maxMessageBytes: number;
}

/** A door that is open. */
export interface EngineDoor {
  /** Ends all connections; whoever was connected looks for the next engine. */
  close(): Promise<void>;
}

/** Calls are limited where they come in; between processes, a message may be a little larger than that. */
export const envelopeBytes = 64 * 1024;

/** Opens the door of an engine to the other processes of its app: gRPC on a Unix socket that is this user's alone. It does not keep the process. */
export async function openEngineDoor(options: EngineDoorOptions): Promise<EngineDoor> {
  const { folder, socket, handlers, receive, maxMessageBytes } = options;
  await makeRuntimeFolder(folder);
  const { createGrpcServer } = await loadGrpcServer();
  // The method and its handler have the same messages.
  const jobs = { method: jobLinkMethod, handle: serveJobLink(receive) } as unknown as WireEntry;
  const table = new Map([...wireTable(handlerTable(handlers)), [jobLinkMethod.path, jobs]]);
  const server = createGrpcServer(table, { maximumMessageBytes: maxMessageBytes + envelopeBytes });
  const path = socketPath(folder, socket);
  await server.listen({ path });
  server.unref();
  const removeAtExit = (): void => rmSync(path, { force: true });
  process.once("exit", removeAtExit);
  return {
    async close() {
      process.off("exit", removeAtExit);
      await server.close({ graceMs: 0 });
      removeAtExit();
    },
  };
}
