import type { ConnectionCommand } from "./connection-command.js";
import { auth } from "./connection/auth.js";
import { client } from "./connection/client.js";
import { commandCommand } from "./connection/command.js";
import { config } from "./connection/config.js";
import { echo } from "./connection/echo.js";
import { hello } from "./connection/hello.js";
import { info } from "./connection/info.js";
import { discard, multi, unwatch } from "./connection/multi.js";
import { ping } from "./connection/ping.js";
import { quit } from "./connection/quit.js";
import { reset } from "./connection/reset.js";
import { select } from "./connection/select.js";
import { serverFactCommands } from "./connection/server-facts.js";
import { keyCommands } from "./key-commands.js";
import { pubsubCommands } from "./pubsub/pubsub-commands.js";
import { script } from "./scripting/script.js";

/** Every command about the connection itself, by its name. WATCH and EXEC, which also concern keys, are the session's. */
export const connectionCommands: ReadonlyMap<string, ConnectionCommand> = new Map(
  [
    auth,
    client,
    commandCommand(keyCommands),
    config,
    discard,
    echo,
    hello,
    info,
    multi,
    ping,
    quit,
    reset,
    script,
    select,
    unwatch,
    ...pubsubCommands,
    ...serverFactCommands,
  ].map((command) => [command.name, command]),
);
