import type { ReloadContext, Reloader } from "./reloader.js";
import { watchFolders } from "./watch-folders.js";

/**
 * Follows the resource folders of a runtime: components and subscriptions that are added, changed or removed there are in use soon after.
 * What does that is loaded by the first change.
 *
 * @returns how to end it: resolves when nothing is being changed any more
 */
export function watchResources(context: ReloadContext): () => Promise<void> {
  let loading: Promise<Reloader> | undefined;
  let isClosed = false;
  const reload = async (): Promise<void> => {
    loading ??= import("./reloader.js").then(({ Reloader: Loaded }) => new Loaded(context));
    const reloader = await loading;
    if (!isClosed) await reloader.reload();
  };
  const stop = watchFolders(
    context.paths,
    () =>
      void reload().catch((error: unknown) => context.logger.error(`resources cannot be reloaded: ${String(error)}`)),
    (path, error) => context.logger.debug(`changes of ${path} are not noticed: ${String(error)}`),
  );
  return async () => {
    isClosed = true;
    stop();
    await (await loading?.catch(() => undefined))?.close();
  };
}
