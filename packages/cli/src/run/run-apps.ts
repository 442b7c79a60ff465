import { startApp, type AppProcess } from "./app-process.js";
import { createLog } from "./log.js";
import { readRunFile } from "./run-file.js";

/**
 * Runs all apps of a run file, each by a `mecha run` of its own, so that none can disturb another. When one fails, the others go on,
 * as with dapr; an interrupt ends them all.
 *
 * @returns 0 if all ended well, else the exit code of the first that did not
 */
export async function runApps(path: string): Promise<number> {
  const { apps, warnings } = await readRunFile(path);
  const log = createLog("info");
  for (const warning of warnings) log.warn(warning);
  const running: AppProcess[] = [];
  let hasSignal = false;
  const isEnding = (): boolean => hasSignal;
  const passOn = (signal: NodeJS.Signals): void => {
    hasSignal = true;
    // A terminal's interrupt reaches them by itself; a second one would count as asking again.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    for (const app of running) app.signal(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, passOn);
  // This very program, however it was started.
  const self = [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
  try {
    const ended: Promise<number>[] = [];
    for (const { appId, args, environment, folder: cwd } of apps) {
      if (isEnding()) break;
      const app = await startApp({ command: [...self, ...args], prefix: `${appId} | `, environment, cwd });
      running.push(app);
      // Nobody has told the one that was just being started.
      if (isEnding()) app.signal("SIGTERM");
      ended.push(
        app.ended.then((code) => {
          log.info(`app "${appId}" has ended with ${String(code)}`);
          return code;
        }),
      );
    }
    return (await Promise.all(ended)).find((code) => code !== 0) ?? 0;
  } catch (error) {
    passOn("SIGTERM");
    await Promise.all(running.map(({ ended }) => ended));
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
