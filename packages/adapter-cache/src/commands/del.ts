import { everyKey, sum, type Command } from "./command.js";

function remover(name: string): Command {
  return {
    name,
    arity: -2,
    keys: everyKey,
    writes: true,
    separate: { arguments: (key) => [Buffer.from(name), key], join: sum },
    run: (keyspace, args) => args.slice(1).filter((key) => keyspace.remove(key)).length,
  };
}

/** `DEL key…`: removes keys; how many were there. */
export const del = remover("del");

/** `UNLINK key…`: as DEL. */
export const unlink = remover("unlink");
