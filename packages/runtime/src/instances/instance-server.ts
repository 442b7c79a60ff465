import { rmSync } from "node:fs";
import type { UnaryHandler, common } from "@mecha/sdk-core/protocol";
import { newInstanceEntry, removeInstance, writeInstanceEntry } from "./instance-entry.js";
import { servePeers } from "./peer/peer-server.js";
import { makeRuntimeFolder } from "./checked-folder.js";

/** What an instance offers to others. */
export interface InstanceServerOptions {
  readonly folder: string;
  readonly appId: string;
  readonly invoke: UnaryHandler<common.InvokeRequest, common.InvokeResponse>;
  readonly maxMessageBytes: number;
}

/** An instance that other processes can call. */
export interface InstanceServer {
  /** Takes no new calls and waits for those under way. */
  close(): Promise<void>;
}

/**
 * Serves invocations on a Unix socket of this process and registers it in the runtime folder. The socket does not keep the
 * process alive: whoever attached the app decides that.
 */
export async function openInstanceServer({
  folder,
  appId,
  invoke,
  maxMessageBytes,
}: InstanceServerOptions): Promise<InstanceServer> {
  await makeRuntimeFolder(folder);
  const entry = newInstanceEntry(folder, appId);
  const server = await servePeers({ path: entry.socket, invoke, maxMessageBytes });
  await writeInstanceEntry(entry);
  const removeAtExit = (): void => {
    rmSync(entry.file, { force: true });
    rmSync(entry.socket, { force: true });
  };
  process.once("exit", removeAtExit);
  return {
    async close() {
      process.off("exit", removeAtExit);
      // Nobody new finds the instance; then those who are connected end.
      await removeInstance(entry);
      await server.close();
    },
  };
}
