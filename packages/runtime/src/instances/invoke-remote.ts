import { MechaError } from "@mecha/spec";
import { ownNamespace } from "../access/caller.js";
import { deniedReason } from "../access/denied-reason.js";
import { daprError } from "../errors/dapr-error.js";
import type { RemoteInvoke } from "../invocation/invoke-service.js";
import { localAppId, namespaceOf } from "../invocation/local-app-id.js";
import { createInstanceDirectory } from "./instance-directory.js";
import type { InstanceEntry } from "./instance-entry.js";
import { connectToPeer, InterruptedCall, UnreachablePeer, type PeerClient } from "./peer/peer-client.js";

/** Calls apps in other processes of this machine. */
export interface RemoteInvoker {
  readonly invoke: RemoteInvoke;
  /** Closes the connections to other processes. */
  close(): Promise<void>;
}

/**
 * Makes the invoker: each call goes to the next live instance of the app. An instance that was not reached is passed over;
 * one that died in the middle of the call gives `UNAVAILABLE`, since the call may have been done.
 */
export function createRemoteInvoker(folder: string, maxMessageBytes: number): RemoteInvoker {
  const directory = createInstanceDirectory(folder);
  const peers = new Map<string, Promise<PeerClient>>();
  /** The same connections, once they are open. */
  const open = new Map<string, PeerClient>();

  /** The instance whose turn it is, but for those that this call has tried. */
  const next = async (appId: string, tried: ReadonlySet<string>): Promise<InstanceEntry | undefined> => {
    const entries = await directory.find(appId);
    return tried.size === 0 ? entries[0] : entries.find(({ socket }) => !tried.has(socket));
  };

  /** The connection to an instance; a new one where there is none that can be used. Callers of one moment share it. */
  const peerAt = async ({ socket }: InstanceEntry): Promise<PeerClient> => {
    const known = peers.get(socket);
    if (known !== undefined) {
      const peer = await known;
      if (peer.usable) return peer;
      if (peers.get(socket) === known) peers.delete(socket);
    }
    const current = peers.get(socket);
    if (current !== undefined) return current;
    const connecting = connectToPeer(socket, maxMessageBytes);
    peers.set(socket, connecting);
    connecting.then(
      (peer) => open.set(socket, peer),
      // One that failed is not kept: the next call tries again.
      () => peers.delete(socket),
    );
    return connecting;
  };

  return {
    async invoke(id, request, context) {
      const appId = localAppId(id);
      const first = directory.believed(appId)?.[0];
      const peer = first && open.get(first.socket);
      // Nearly every call: nothing is read and nothing is opened for it.
      if (peer?.usable === true) {
        try {
          return await peer.invoke(request, context);
        } catch (thrown) {
          throw failureOf(appId, thrown);
        }
      }
      const unreachable = new Set<string>();
      for (
        let entry = first ?? (await next(appId, unreachable));
        entry !== undefined;
        entry = await next(appId, unreachable)
      ) {
        try {
          return await (await peerAt(entry)).invoke(request, context);
        } catch (thrown) {
          if (!(thrown instanceof UnreachablePeer)) throw failureOf(appId, thrown);
          unreachable.add(entry.socket);
          await directory.remove(entry);
        }
      }
      throw daprError(
        "directInvoke",
        `failed to invoke, id: ${id}, err: couldn't find service: ${id}. ${whyNotFound(appId)}`,
        { operation: "invocation.invoke" },
      );
    },
    async close() {
      const opened = [...peers.values()];
      peers.clear();
      open.clear();
      for (const peer of opened) (await peer.catch(() => undefined))?.close();
    },
  };
}

/** What is wrong, as far as can be said, with an id that no process of this machine answers for. */
function whyNotFound(appId: string): string {
  const namespace = namespaceOf(appId);
  if (namespace !== undefined)
    return `It names an app of the namespace "${namespace}", which only a name resolution finds; this runtime is in "${ownNamespace()}" (NAMESPACE).`;
  return "No process of this machine and project answers for it: start the app, check its app id, or give both one MECHA_NAMESPACE if they are not of one project.";
}

/** What a call to another app failed with. That it was kept out there is, as in daprd, a failed invocation. */
export function invocationFailure(appId: string, thrown: unknown): MechaError {
  const error = MechaError.from(thrown, `Invoking app "${appId}" failed`);
  if (error.reason !== deniedReason) return error;
  const message = `failed to invoke, id: ${appId}, err: rpc error: code = PermissionDenied desc = ${error.message}`;
  return daprError("directInvoke", message, { operation: "invocation.invoke", httpStatus: 403, cause: error });
}

/** What a call that may have been done failed with. */
function failureOf(appId: string, thrown: unknown): MechaError {
  return thrown instanceof InterruptedCall ? interrupted(appId, thrown) : invocationFailure(appId, thrown);
}

function interrupted(appId: string, cause: unknown): MechaError {
  return new MechaError(
    "UNAVAILABLE",
    `The instance of app "${appId}" went away during the call; the call may or may not have been done`,
    { operation: "invocation.invoke", cause },
  );
}
