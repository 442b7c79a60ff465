import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createScratchFolder } from "@mecha/engines";

/** A folder for one run of the example. Disposing of it removes all of it. */
export interface RunFolder extends AsyncDisposable {
  /** The app's files as installed, room for its data, and the installation's node_modules. */
  readonly app: string;
  /** Where the app's output goes. */
  readonly logFile: string;
  /** An empty folder beside the app, for what the app counts of itself. */
  readonly reports: string;
}

/**
 * Makes a folder for one run of the example.
 *
 * @param installed - an installation of the example, which stays as it is
 */
export async function layOutRun(installed: string): Promise<RunFolder> {
  const scratch = createScratchFolder("demo");
  const [app, reports] = [join(scratch.path, "app"), join(scratch.path, "calls")];
  await mkdir(reports);
  await cp(installed, app, { recursive: true, filter: (file) => file !== join(installed, "node_modules") });
  await symlink(join(installed, "node_modules"), join(app, "node_modules"), "dir");
  return {
    app,
    logFile: join(scratch.path, "app.log"),
    reports,
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}
