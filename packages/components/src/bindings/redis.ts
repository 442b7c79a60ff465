import {
  type BindingRequest,
  type BindingResponse,
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type OutputBinding,
} from "@mecha/spec";
import type { ChainableCommander, Redis } from "ioredis-upstream";
import { RedisConnection } from "../state/redis/redis-connection.js";
import { openRedisSession } from "../state/redis/redis-session.js";
import { readRedisSettings, redisUrl } from "../state/redis/redis-settings.js";
import { parseCommands, type RedisCommand } from "./redis/redis-command.js";
import type { RespOperation } from "./redis/resp-operation.js";

interface Call {
  readonly request: BindingRequest;
  readonly signal: AbortSignal | undefined;
}

/**
 * `bindings.redis`: strings in Redis, as in components-contrib 1.18, and any command besides.
 *
 * Metadata as in `state.redis`. Operations; the first four take `key` in the request's metadata:
 * - `create` sets the key to the data, `increment` adds one; with `ttlInSeconds` the key then expires
 * - `get` answers the value, an empty one if there is none; with `delete: "true"` it takes it away in the same step
 * - `delete` removes the key
 * - `command`, which daprd does not have: the data is a JSON list such as `["HSET","user","name","Ann"]`, the answer is the reply
 *   as JSON. A list of such lists runs as a transaction (MULTI), and is answered with a list of replies. Request metadata
 *   `encoding: base64` has the texts of replies encoded, for values that are no UTF-8; with `encoding: resp`, data and answer are
 *   commands and replies in Redis's own protocol, as many as there are, see `createRespOperation`.
 */
export const component: ComponentDefinition<"bindings", OutputBinding> = {
  type: "bindings.redis",
  async create(context) {
    const settings = readRedisSettings(context);
    const connection = await RedisConnection.open(context, settings);
    const openSession: NonNullable<OutputBinding["openSession"]> = async (options = {}) => {
      const server = settings.sentinel === undefined ? {} : connection.server;
      return openRedisSession(context, { ...settings, ...server }, options);
    };
    let resp: Promise<RespOperation> | undefined;
    const openResp = async (): Promise<RespOperation> => {
      // Only adapters write commands like this.
      const { createRespOperation } = await import("./redis/resp-operation.js");
      return createRespOperation(context, { open: openSession, readTimeoutMs: settings.readTimeoutMs });
    };
    const run = <T>({ signal }: Call, commands: (redis: Redis) => Promise<T>, idempotent = false): Promise<T> =>
      connection.run(commands, { signal, idempotent });

    async function expire(call: Call, key: string): Promise<void> {
      const seconds = ttlOf(call.request, context);
      if (seconds !== undefined) await run(call, (redis) => redis.expire(key, seconds));
    }

    const operations: Readonly<Record<string, (call: Call) => Promise<BindingResponse>>> = {
      async create(call) {
        const key = keyOf(call.request, context);
        ttlOf(call.request, context);
        await run(call, (redis) => redis.set(key, Buffer.from(call.request.data)));
        await expire(call, key);
        return {};
      },
      async get(call) {
        const key = keyOf(call.request, context);
        const takes = call.request.metadata["delete"] === "true";
        const value = await run(call, (redis) => (takes ? redis.getdelBuffer(key) : redis.getBuffer(key)), !takes);
        return { data: value ?? new Uint8Array() };
      },
      async delete(call) {
        const key = keyOf(call.request, context);
        await run(call, (redis) => redis.del(key));
        return {};
      },
      async increment(call) {
        const key = keyOf(call.request, context);
        ttlOf(call.request, context);
        await run(call, (redis) => redis.incr(key));
        await expire(call, key);
        return {};
      },
      async command(call) {
        if (call.request.metadata["encoding"] === "resp") {
          return (await (resp ??= openResp())).invoke(call.request, call.signal);
        }
        const { commands, isAtomic } = parseCommands(call.request.data);
        const encoding = call.request.metadata["encoding"] === "base64" ? "base64" : "utf8";
        const replies = await run(call, (redis) => runCommands(isAtomic ? redis.multi() : redis.pipeline(), commands));
        const reply = readable(isAtomic ? replies : replies[0], encoding);
        return { data: Buffer.from(JSON.stringify(reply)) };
      },
    };

    return {
      backend: redisUrl(settings),
      operations: Object.keys(operations),
      async invoke(request, options) {
        const operation = Object.hasOwn(operations, request.operation) ? operations[request.operation] : undefined;
        if (operation === undefined) throw refusal(context, `invalid operation type: ${request.operation}`);
        return operation({ request, signal: options?.signal });
      },
      openSession,
      async ping(options) {
        await connection.run((redis) => redis.ping(), { signal: options?.signal, idempotent: true });
      },
      async close() {
        await (await resp?.catch(() => undefined))?.close();
        await connection.close();
      },
    };
  },
};

/** Sends the commands together. One that fails in a transaction fails the call; Redis has applied the others. */
async function runCommands(chain: ChainableCommander, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
  for (const [name, ...parts] of commands) chain.callBuffer(name, ...parts);
  const replies = (await chain.exec()) ?? [];
  const failed = replies.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
  return replies.map(([, reply]) => reply);
}

/** A reply as JSON has it: texts for bytes, lists and numbers as they are. */
function readable(reply: unknown, encoding: "base64" | "utf8"): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString(encoding);
  return Array.isArray(reply) ? reply.map((item) => readable(item, encoding)) : reply;
}

function keyOf({ metadata }: BindingRequest, context: ComponentContext): string {
  const { key } = metadata;
  if (key !== undefined && key !== "") return key;
  throw refusal(context, "redis binding: missing key in request metadata");
}

function ttlOf({ metadata }: BindingRequest, context: ComponentContext): number | undefined {
  const text = metadata["ttlInSeconds"] ?? "";
  if (text === "") return undefined;
  const seconds = Number(text);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw refusal(context, `ttlInSeconds is "${text}"; a whole number of seconds above 0 is needed`);
}

function refusal(context: ComponentContext, problem: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", problem, { component: context.name, operation: "binding.invoke" });
}
