import type { Command } from "commander";
import { wrongArgument } from "./parse-values.js";
import { addRunFlags, settingsOf } from "./run-flags.js";

/** Declares `mecha run`. */
export function addRunCommand(program: Command, exitWith: (code: number) => void): void {
  const command = program
    .command("run")
    .description("Runs an app with a Dapr-compatible runtime beside it; without a command, the runtime alone")
    .argument("[command...]", "what starts the app, after --")
    .passThroughOptions()
    .option("-f, --run-file <path>", "runs all apps of a file, or of dapr.yaml in a folder, as dapr's multi-app run")
    .exitOverride();
  addRunFlags(command).action(async (words: readonly string[], flags: Readonly<Record<string, string | undefined>>) => {
    const { runFile } = flags;
    if (runFile === undefined) {
      const settings = settingsOf(flags, words, process.env);
      // The runtime is loaded only where there is something to run.
      const { runApp } = await import("./run-app.js");
      exitWith(await runApp(settings));
      return;
    }
    if (words.length > 0) throw wrongArgument("--run-file says which commands to run; take the command away");
    const { runApps } = await import("./run-apps.js");
    exitWith(await runApps(runFile));
  });
}
