import type { ReloadContext, Reloader } from "./reloader.js";
import { watchFolders } from "./watch-folders.js";

/**
 * Follows the resource folders of a runtime: components and subscriptions that are added, changed or removed there are in use soon after;
 * what is read at the start alone is reported, as is the file with the Configuration.
 * What does that is loaded by the first change.
 *
 * @returns how to end it: resolves when nothing is being changed any more
 */
export function watchResources(context: Omit<ReloadContext, "configuration">): () => Promise<void> {
  const { paths, configFile } = context;
  const configuration = configFile === undefined ? Promise.resolve("") : textOf(configFile);
  let loading: Promise<Reloader> | undefined;
  let isClosed = false;
  const reload = async (): Promise<void> => {
    loading ??= import("./reloader.js").then(({ Reloader: Loaded }) => new Loaded({ ...context, configuration }));
    const reloader = await loading;
    if (!isClosed) await reloader.reload();
  };
  const stop = watchFolders(
    configFile === undefined ? paths : [...paths, configFile],
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

async function textOf(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(file, "utf8").catch(() => "");
}
