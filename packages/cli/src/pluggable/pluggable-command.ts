import { type Command, Option } from "commander";
import { wrongArgument } from "../run/parse-values.js";

/** Where daprd looks for sockets. */
const defaultFolder = "/tmp/dapr-components-sockets";

interface Flags {
  readonly socketFolder?: string;
  readonly socketMode?: string;
  readonly remember: boolean;
}

/** Declares `mecha pluggable`. */
export function addPluggableCommand(program: Command, exitWith: (code: number) => void): void {
  program
    .command("pluggable")
    .description(
      "Serves output bindings of Mecha to daprd as pluggable components: bindings.redis as bindings.mecha-redis",
    )
    .argument("[types...]", "types of output bindings", ["bindings.redis"])
    .addOption(
      new Option("--socket-folder <path>", `where daprd looks for sockets; else ${defaultFolder}`).env(
        "DAPR_COMPONENTS_SOCKETS_FOLDER",
      ),
    )
    .option("--socket-mode <mode>", "who may connect, as of a file, such as 660; else the own user alone")
    .option("--no-remember", "keep nothing of daprd's settings: after a restart of this process daprd must restart too")
    .exitOverride()
    .action(async (types: readonly string[], flags: Flags) => {
      const { socketFolder = defaultFolder, socketMode, remember } = flags;
      // The components are loaded only where there is something to serve.
      const { servePluggable } = await import("./serve-pluggable.js");
      exitWith(
        await servePluggable({ types, folder: socketFolder, socketMode: modeOf(socketMode), remembers: remember }),
      );
    });
}

function modeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^0?[0-7]{3}$/u.test(text)) return Number.parseInt(text, 8);
  throw wrongArgument(`--socket-mode is "${text}"; it is three octal digits, as 660`);
}
