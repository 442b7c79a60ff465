import { Command, CommanderError } from "commander";
import { MechaError } from "@mecha/spec";
import { addCacheCommand } from "./cache/cache-command.js";
import { addPluggableCommand } from "./pluggable/pluggable-command.js";
import { addRunCommand } from "./run/run-command.js";
import { version } from "./version.js";

/** What a shell takes for a wrong use of a command. */
const wrongUse = 2;

/**
 * Runs the command `mecha` with these arguments, those after the program's own name.
 *
 * @returns the exit code: that of the app for `mecha run`, 1 for what failed, 2 for arguments that make no sense
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("mecha")
    .description("Dapr's building blocks for apps on this machine")
    .version(version, "-v, --version", "say which version this is")
    .helpOption("-h, --help", "say what can be done")
    .enablePositionalOptions()
    .exitOverride();
  const exitWith = (exitCode: number): void => {
    code = exitCode;
  };
  addRunCommand(program, exitWith);
  addPluggableCommand(program, exitWith);
  addCacheCommand(program, exitWith);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUse;
    const { message } = MechaError.from(error);
    process.stderr.write(`[mecha] error: ${message}\n`);
    return MechaError.is(error) && error.operation === "cli.arguments" ? wrongUse : 1;
  }
}
