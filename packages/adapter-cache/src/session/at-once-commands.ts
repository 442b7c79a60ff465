import type { Command } from "../commands/command.js";
import { keyCommands } from "../commands/key-commands.js";

/**
 * The commands that may be done at once on a value where it lies. Each looks at its first argument's key only, refuses what it refuses
 * before it changes anything, and makes a value larger by no more than its arguments.
 */
const names = `append decr decrby expire expireat get getdel getex getrange getset hdel hexists hget hgetall hincrby hkeys hlen hmget
  hmset hset hsetnx hvals incr incrby lindex llen lpop lpush lpushx lrange persist pexpire pexpireat psetex pttl rpop rpush rpushx sadd
  scard set setex setnx sismember smembers smismember srem strlen ttl type zadd zcard zincrby zrange zrank zrem zrevrank zscore`;

/** Those that are as the others where they have one argument: one key. */
const namesOfOneKey = "del exists touch unlink";

const withOneKey = commandsOf(names);
const withOneArgument = commandsOf(namesOfOneKey);

/** The command of a name, if it may be done at once with so many arguments, its name included. */
export function commandAtOnce(name: string, argumentCount: number): Command | undefined {
  const command = withOneKey.get(name) ?? (argumentCount === 2 ? withOneArgument.get(name) : undefined);
  if (command === undefined) return undefined;
  const { arity } = command;
  return (arity < 0 ? argumentCount >= -arity : argumentCount === arity) ? command : undefined;
}

function commandsOf(list: string): ReadonlyMap<string, Command> {
  const commands = list.split(/\s+/).flatMap((name) => keyCommands.get(name) ?? []);
  return new Map(commands.map((command) => [command.name, command]));
}
