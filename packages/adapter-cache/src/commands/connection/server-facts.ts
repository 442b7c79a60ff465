import { ErrorReply, MapReply, ok, Verbatim, type Reply } from "../../resp/reply.js";
import type { ConnectionCommand } from "../connection-command.js";
import { helpOf } from "../subcommands.js";
import { redisVersion } from "./redis-version.js";

const startedSeconds = Math.floor(Date.now() / 1000);

function answering(name: string, arity: number, answer: () => Reply): ConnectionCommand {
  return { name, arity, run: answer };
}

/** `TIME`: seconds since 1970, and microseconds. */
const time = answering("time", 1, () => {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  return [String(Math.floor(micros / 1_000_000)), String(micros % 1_000_000)];
});

/** `LASTSAVE`: the start of the process; a state store saves by itself. */
const lastsave = answering("lastsave", 1, () => startedSeconds);

/** `ROLE`: a master without replicas. */
const role = answering("role", 1, () => ["master", 0, []]);

/** `LOLWUT [VERSION version]`: which version of Redis is followed. */
const lolwut = answering("lolwut", -1, () => new Verbatim(`Redis ver. ${redisVersion}\n`));

/** `WAIT replicas timeout`: no replica is ever waited for. */
const wait: ConnectionCommand = {
  name: "wait",
  arity: 3,
  run(_session, args) {
    args.integer(1);
    if (args.integer(2, "ERR timeout is not an integer or out of range") < 0n) {
      throw new ErrorReply("ERR timeout is negative");
    }
    return 0;
  },
};

function withoutCluster(name: string, arity: number): ConnectionCommand {
  return answering(name, arity, () => {
    throw new ErrorReply("ERR This instance has cluster support disabled");
  });
}

const slowlogRange = "ERR count should be greater than or equal to -1";

/** `SLOWLOG GET [count] | LEN | RESET`: nothing is kept; the runtime's metrics have the durations. */
const slowlog: ConnectionCommand = {
  name: "slowlog",
  arity: -2,
  subcommands: new Map([
    ["get", -2],
    ["len", 2],
    ["reset", 2],
  ]),
  run(_session, args) {
    const name = args.keyword(1);
    if (name === "HELP") return helpOf("SLOWLOG", ["GET [count]", "LEN", "RESET"]);
    if (name === "GET" && args.count > 2 && args.integer(2, slowlogRange) < -1n) throw new ErrorReply(slowlogRange);
    return name === "RESET" ? ok : name === "LEN" ? 0 : [];
  },
};

/** `LATENCY LATEST | HISTORY event | RESET [event…] | HISTOGRAM [command…]`: nothing is kept, as when Redis does not monitor. */
const latency: ConnectionCommand = {
  name: "latency",
  arity: -2,
  subcommands: new Map([
    ["latest", 2],
    ["history", 3],
    ["reset", -2],
    ["histogram", -2],
  ]),
  run(_session, args) {
    const name = args.keyword(1);
    if (name === "HELP")
      return helpOf("LATENCY", ["HISTOGRAM [command...]", "HISTORY event", "LATEST", "RESET [event...]"]);
    return name === "RESET" ? 0 : name === "HISTOGRAM" ? new MapReply([]) : [];
  },
};

/** The commands that ask what the server is and how it fares. */
export const serverFactCommands: readonly ConnectionCommand[] = [
  time,
  lastsave,
  role,
  lolwut,
  wait,
  withoutCluster("asking", 1),
  withoutCluster("cluster", -2),
  withoutCluster("readonly", 1),
  withoutCluster("readwrite", 1),
  slowlog,
  latency,
];
