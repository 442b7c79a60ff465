import { ErrorReply, MapReply, ok, Replies, SetReply, Verbatim, type Reply } from "../../resp/reply.js";
import type { ClientSession } from "../../session/client-session.js";
import { syntaxError, type Arguments } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";
import { notSupported } from "../refusals.js";
import { helpOf } from "../subcommands.js";
import { describeClient, killClients, listClients } from "./client-list.js";
import { checkClientName } from "./client-name.js";

interface Subcommand {
  readonly arity: number;
  run(session: ClientSession, args: Arguments): Reply;
}

const help: readonly string[] = [
  "CACHING YES|NO",
  "GETNAME",
  "GETREDIR",
  "ID",
  "INFO",
  "KILL address | filter value...",
  "LIST [filter value...]",
  "NO-EVICT ON|OFF",
  "NO-TOUCH ON|OFF",
  "REPLY ON|OFF|SKIP",
  "SETINFO attribute value",
  "SETNAME name",
  "TRACKING OFF",
  "TRACKINGINFO",
  "UNPAUSE",
];

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["id", { arity: 2, run: (session) => session.id }],
  ["getname", { arity: 2, run: (session) => (session.name === "" ? null : session.name) }],
  [
    "setname",
    {
      arity: 3,
      run(session, args) {
        checkClientName(args.text(2));
        session.name = args.text(2);
        return ok;
      },
    },
  ],
  // Clients tell name and version of their library; nothing here lists them.
  ["setinfo", { arity: 4, run: () => ok }],
  ["info", { arity: 2, run: (session) => new Verbatim(`${describeClient(session)}\n`) }],
  ["list", { arity: -2, run: listClients }],
  ["kill", { arity: -3, run: killClients }],
  ["reply", { arity: 3, run: chooseReplies }],
  ["no-evict", { arity: 3, run: (_session, args) => onOrOff(args) }],
  // Nothing is evicted by age, so nothing is touched.
  ["no-touch", { arity: 3, run: (_session, args) => onOrOff(args) }],
  ["unpause", { arity: 2, run: () => ok }],
  ["getredir", { arity: 2, run: () => -1 }],
  [
    "trackinginfo",
    { arity: 2, run: () => new MapReply(["flags", new SetReply(["off"]), "redirect", -1, "prefixes", []]) },
  ],
  ["tracking", { arity: -3, run: refuseTracking }],
  ["caching", { arity: 3, run: refuseCaching }],
  ["help", { arity: 2, run: () => helpOf("CLIENT", help) }],
]);

function onOrOff(args: Arguments): Reply {
  if (!["ON", "OFF"].includes(args.keyword(2))) throw syntaxError();
  return ok;
}

function chooseReplies(session: ClientSession, args: Arguments): Reply {
  const word = args.keyword(2);
  if (word !== "ON" && word !== "OFF" && word !== "SKIP") throw syntaxError();
  session.replies = word;
  return word === "ON" ? ok : new Replies([]);
}

function refuseTracking(session: ClientSession, args: Arguments): Reply {
  if (args.keyword(2) === "OFF") return ok;
  if (args.keyword(2) !== "ON") throw syntaxError();
  const remedy = "to speak to Redis itself, set `native` in the adapter's settings";
  throw notSupported("CLIENT TRACKING", session.storeType, remedy);
}

function refuseCaching(): Reply {
  throw new ErrorReply(
    "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
  );
}

/** `CLIENT ID | GETNAME | SETNAME name | SETINFO attribute value | LIST | INFO | KILL … | REPLY … | …`. */
export const client: ConnectionCommand = {
  name: "client",
  arity: -2,
  subcommands: new Map([...subcommands].map(([name, { arity }]) => [name, arity])),
  run(session, args) {
    return subcommands.get(args.text(1).toLowerCase())?.run(session, args) ?? null;
  },
};
