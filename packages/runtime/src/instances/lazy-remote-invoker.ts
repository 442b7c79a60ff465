import type { RemoteInvoker } from "./invoke-remote.js";

/** What calls apps in other processes of this machine, loaded by the first call of one. */
export function lazyRemoteInvoker(folder: () => string, maxMessageBytes: number): RemoteInvoker {
  let loading: Promise<RemoteInvoker> | undefined;
  let loaded: RemoteInvoker | undefined;
  const load = async (): Promise<RemoteInvoker> => {
    const { createRemoteInvoker } = await import("./invoke-remote.js");
    return (loaded = createRemoteInvoker(folder(), maxMessageBytes));
  };
  return {
    invoke: (id, request, context) =>
      loaded?.invoke(id, request, context) ??
      (loading ??= load()).then((invoker) => invoker.invoke(id, request, context)),
    async close() {
      await (await loading)?.close();
    },
  };
}
