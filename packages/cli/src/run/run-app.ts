import { constants } from "node:os";
import { MechaError } from "@mecha/spec";
import { startApp, type AppProcess } from "./app-process.js";
import type { AppSettings } from "./app-settings.js";
import { Ending } from "./ending.js";
import { createLog, type Log } from "./log.js";
import { startRestartingSidecar, type RestartingSidecar } from "./restarting-sidecar.js";

/**
 * Runs an app with the runtime beside it until the app ends, and ends the runtime then. Signals go to the app; one that comes before
 * the app is started ends the run; the third kills what is left. The runtime alone runs until it gets a signal, or is asked to end.
 *
 * @returns the app's exit code, 128 and the signal's number if it was not started; 0 for the runtime alone
 */
export async function runApp(settings: AppSettings): Promise<number> {
  // Read by the runtime's loggers, when they are made.
  process.env["MECHA_LOG_LEVEL"] ??= settings.logLevel;
  if (settings.isLogJson) Object.assign(process.env, { MECHA_LOG_FORMAT: "json", APP_ID: settings.appId });
  const log = createLog(settings.logLevel);
  for (const flag of settings.ignored) log.warn(`ignored: ${flag}`);
  const ending = new Ending();
  try {
    const sidecar = await startRestartingSidecar(settings, log);
    for (const line of await sidecar.describe()) log.info(line);
    try {
      return await runBeside(sidecar, settings, { ending, log });
    } finally {
      ending.stopWaiting();
      await sidecar.close();
    }
  } finally {
    ending.forget();
  }
}

async function runBeside(
  sidecar: RestartingSidecar,
  { command, appPort }: AppSettings,
  { ending, log }: { readonly ending: Ending; readonly log: Log },
): Promise<number> {
  const early = command.length === 0 ? undefined : ending.signal;
  if (early !== undefined) {
    log.info(`${early} came before the app was started, so it is not`);
    return 128 + constants.signals[early];
  }
  const app =
    command.length === 0
      ? undefined
      : await startApp({ command, prefix: "== APP == ", environment: sidecar.environment });
  if (app !== undefined) ending.passOn(app);
  const connected = sidecar.connectApp(ending.waiting).then(
    () => undefined,
    (error: unknown) => (ending.waiting.aborted ? undefined : error),
  );
  const code = app?.ended ?? ending.signalled;
  const earliest = await Promise.race([
    code,
    sidecar.asked.then(() => "asked" as const),
    connected.then((error) => (error === undefined ? new Promise<never>(() => undefined) : { error })),
    sidecar.failed.catch((error: unknown) => ({ error })),
  ]);
  const isBroken = typeof earliest === "object" && app !== undefined;
  const first = isBroken ? ((await Promise.race([app.ended, afterwards()])) ?? earliest) : earliest;
  if (typeof first === "number") {
    if (app !== undefined) log.info(`the app has ended with ${String(first)}`);
    return first;
  }
  if (app !== undefined)
    await stop(app, first === "asked" ? "the runtime was asked to end" : "the runtime cannot call the app", log);
  if (first === "asked") return app === undefined ? 0 : app.ended;
  throw MechaError.from(first.error, `The app on port ${String(appPort)} cannot be called`);
}

/** An app that goes down ends its connections first: how long its own end is waited for then, in milliseconds. */
const goneMs = 1_000;

function afterwards(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, goneMs, undefined).unref());
}

/** How long an app may take to end before it is killed, in milliseconds. */
const patienceMs = 10_000;

async function stop(app: AppProcess, why: string, log: Log): Promise<void> {
  log.info(`${why}; so the app is ended`);
  app.signal("SIGTERM");
  const kill = setTimeout(() => {
    log.warn("the app does not end, so it is killed");
    app.signal("SIGKILL");
  }, patienceMs);
  await app.ended;
  clearTimeout(kill);
}
