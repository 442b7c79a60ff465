import {
  type BindingRequest,
  type BindingResponse,
  type ComponentContext,
  commandRulesKey,
  fullCommandName,
  MechaError,
  readCommandRules,
} from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";
import { waits } from "./redis-command.js";
import { encodeRespCommand, parseRespCommands, type RespCommand } from "./resp-commands.js";
import type { OpenRespSession, RespConnection } from "./resp-connection.js";
import { type ConnectionKind, RespPool } from "./resp-pool.js";
import { fingerprintCommand, readWatched, sameFingerprints } from "./watched-keys.js";

/** Commands that change the connection, which others share, or make it one that listens. */
const refused: ReadonlySet<string> = new Set([
  ..."auth hello select quit reset client monitor sync psync asking readonly readwrite".split(" "),
  ..."subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe".split(" "),
  ..."multi exec discard watch unwatch".split(" "),
]);

/** Metadata of a component that says what stands before the keys of native sessions. */
const keyPrefixKey = "mecha.sessionKeyPrefix";

/** What the operation needs of its component. */
export interface RespOperationOptions {
  readonly open: OpenRespSession;
  /** How long Redis may keep silent, in milliseconds; `undefined` for ever. Waiting commands wait as long as they say. */
  readonly readTimeoutMs: number | undefined;
}

/** The `command` operation in Redis's own protocol. */
export interface RespOperation {
  invoke(request: BindingRequest, signal: AbortSignal | undefined): Promise<BindingResponse>;
  close(): Promise<void>;
}

/**
 * Makes the `command` operation for the encoding `resp`: commands in Redis's protocol in, replies as Redis gave them out. Metadata of
 * requests: `database` (the component's own by default), `protocol` (`2` or `3`), `atomic: "true"` for a transaction. Three
 * things are not as on a connection:
 * - `WATCH key…`, alone, is answered with a fingerprint for each key
 * - a transaction may begin with `WATCH key fingerprint…`: if one is another by now, nothing runs and the reply is the null of EXEC
 * - a command that waits comes alone, and waits as long as it says, but never beyond the call
 *
 * @throws MechaError `FAILED_PRECONDITION` for a component whose sessions put a prefix before keys: here none could be put
 */
export function createRespOperation(context: ComponentContext, options: RespOperationOptions): RespOperation {
  const metadata = readMetadata(context);
  if (metadata.text(keyPrefixKey, "none").toLowerCase() !== "none") throw cannotPrefix(context);
  const allows = readCommandRules(metadata.text(commandRulesKey, ""), context.name);
  const pool = new RespPool(options.open, context.name);
  const { readTimeoutMs } = options;

  /** Why a command is not passed on, as an error reply; `undefined` if it is. */
  function refusalOf([word, first]: RespCommand): Buffer | undefined {
    const name = word.toString("latin1");
    const fullName = fullCommandName(name, first?.toString("latin1"));
    if (refused.has(name.toLowerCase()))
      return notSupported(fullName, "it cannot run on a connection that others share");
    if (allows(fullName)) return undefined;
    const remedy = `component ${context.name} does not allow it, which +${fullName} in its metadata ${commandRulesKey} would`;
    return notSupported(fullName, remedy);
  }

  function notSupported(fullName: string, remedy: string): Buffer {
    const shown = fullName
      .replace("|", " ")
      .toUpperCase()
      .replaceAll(/[\r\n]/gu, " ");
    return Buffer.from(`-ERR ${shown} is not supported by Mecha on ${context.type}: ${remedy}\r\n`, "latin1");
  }

  /** Runs commands on the shared connection; what is refused does not keep the others from running. */
  async function together(kind: ConnectionKind, commands: readonly RespCommand[]): Promise<readonly Buffer[]> {
    const refusals = commands.map(refusalOf);
    const passed = commands.filter((_command, index) => refusals[index] === undefined).map(encodeRespCommand);
    const replies = passed.length === 0 ? [] : await inTime(await pool.shared(kind), passed, readTimeoutMs);
    let next = 0;
    return refusals.map((refusal) => refusal ?? replies[next++] ?? Buffer.alloc(0));
  }

  async function transaction(kind: ConnectionKind, request: TransactionRequest): Promise<Buffer> {
    const [first, ...rest] = request.commands;
    const isWatched = nameOf(first) === "watch";
    const commands = isWatched ? rest : request.commands;
    const refused = commands.map(refusalOf).find((each) => each !== undefined);
    // As Redis does with a transaction in which it refused a command.
    if (refused) return Buffer.from(refused.toString("latin1").replace(/^-ERR /u, "-EXECABORT "), "latin1");
    if (isWatched && first !== undefined) return watched(kind, first, { ...request, commands });
    return runTransaction(await pool.shared(kind), commands, readTimeoutMs);
  }

  async function watched(kind: ConnectionKind, [, ...rest]: RespCommand, request: TransactionRequest): Promise<Buffer> {
    const pairs = readWatched(rest);
    const keys = pairs.map(({ key }) => key);
    return pool.exclusive(kind, request.signal, async (connection) => {
      const look = [encodeRespCommand(["WATCH", ...keys]), fingerprintCommand(keys)];
      const [seen, now] = await inTime(connection, look, readTimeoutMs);
      const isSame = now !== undefined && seen?.[0] === plus && sameFingerprints(now, pairs);
      if (isSame) return runTransaction(connection, request.commands, readTimeoutMs);
      await inTime(connection, [encodeRespCommand(["UNWATCH"])], readTimeoutMs);
      return now?.[0] === minus ? now : nullOfExec(kind);
    });
  }

  return {
    async invoke(request, signal) {
      const kind = kindOf(request, context);
      const commands = parseRespCommands(request.data);
      const [first, ...rest] = commands;
      if (request.metadata["atomic"] === "true") return { data: await transaction(kind, { commands, signal }) };
      if (nameOf(first) === "watch" && rest.length === 0 && first !== undefined) {
        const reply = await inTime(await pool.shared(kind), [fingerprintCommand(first.slice(1))], readTimeoutMs);
        return { data: Buffer.concat(reply) };
      }
      if (!commands.some(isWaiting)) return { data: Buffer.concat(await together(kind, commands)) };
      if (rest.length > 0) throw refusal(context, "a command that waits comes alone");
      const refused = first && refusalOf(first);
      if (refused !== undefined) return { data: refused };
      const waited = await pool.exclusive(kind, signal, (connection) =>
        connection.send(commands.map(encodeRespCommand)),
      );
      return { data: Buffer.concat(waited) };
    },
    close: () => pool.close(),
  };
}

interface TransactionRequest {
  readonly commands: readonly RespCommand[];
  readonly signal: AbortSignal | undefined;
}

const plus = 43;
const minus = 45;

/** Runs commands between MULTI and EXEC, in one write; the reply is that of EXEC. */
async function runTransaction(
  connection: RespConnection,
  commands: readonly RespCommand[],
  timeoutMs: number | undefined,
): Promise<Buffer> {
  const all = [["MULTI"], ...commands, ["EXEC"]].map(encodeRespCommand);
  const replies = await inTime(connection, all, timeoutMs);
  return replies.at(-1) ?? Buffer.alloc(0);
}

/** Sends commands, and cuts the connection of a server that keeps silent. */
async function inTime(
  connection: RespConnection,
  commands: readonly Buffer[],
  timeoutMs: number | undefined,
): Promise<readonly Buffer[]> {
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => connection.destroy(), timeoutMs);
  try {
    return await connection.send(commands);
  } finally {
    clearTimeout(timer);
  }
}

function isWaiting([name, ...rest]: RespCommand): boolean {
  const upper = name.toString("latin1").toUpperCase();
  return waits(
    upper,
    rest.map((word) => word.toString("latin1")),
  );
}

function nameOf(command: RespCommand | undefined): string {
  return command?.[0].toString("latin1").toLowerCase() ?? "";
}

function nullOfExec({ protocol }: ConnectionKind): Buffer {
  return Buffer.from(protocol === 3 ? "_\r\n" : "*-1\r\n");
}

function kindOf({ metadata }: BindingRequest, context: ComponentContext): ConnectionKind {
  const { database = "", protocol = "2" } = metadata;
  if (protocol !== "2" && protocol !== "3") throw refusal(context, `there is no protocol ${protocol}: 2 or 3`);
  if (!/^\d{0,9}$/u.test(database)) throw refusal(context, `"${database}" is no number of a database`);
  return { database: database === "" ? undefined : Number(database), protocol: protocol === "2" ? 2 : 3 };
}

function cannotPrefix({ name }: ComponentContext): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    `${keyPrefixKey} of component ${name} holds in native sessions only, not through the operation "command": give it a Redis user that reaches its own keys only, or a database, and leave ${keyPrefixKey} out`,
    { component: name, operation: "binding.invoke" },
  );
}

function refusal(context: ComponentContext, problem: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", problem, { component: context.name, operation: "binding.invoke" });
}
