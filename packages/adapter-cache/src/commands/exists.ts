import { everyKey, type Command } from "./command.js";

function counter(name: string): Command {
  return {
    name,
    arity: -2,
    keys: everyKey,
    writes: false,
    run: (keyspace, args) => args.slice(1).filter((key) => keyspace.find(key) !== undefined).length,
  };
}

/** `EXISTS key…`: how many of the keys are there; one that is named twice counts twice. */
export const exists = counter("exists");

/** `TOUCH key…`: as EXISTS; nothing here is evicted by age. */
export const touch = counter("touch");
