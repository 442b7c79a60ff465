// One of several processes that move money between the same accounts, until it is killed:
// `node … transfers.ts <address of the sidecar> <number of accounts>`. It prints a line for each transfer that was answered.
import { openDaprdCache } from "./daprd-cache.js";
import type { RawClient } from "./raw-client.js";

const [, , address = "", accounts = "0"] = process.argv;
const cache = openDaprdCache(address);

const account = (): string => `account:${String(Math.floor(Math.random() * Number(accounts)))}`;

/** Moves one from an account to another and counts it, all in one transaction. */
async function transfer(client: RawClient): Promise<boolean> {
  const [from, to] = [account(), account()];
  if (from === to) return false;
  const replies = await client.send([
    ["MULTI"],
    ["DECRBY", from, "1"],
    ["INCRBY", to, "1"],
    ["INCR", "transfers"],
    ["EXEC"],
  ]);
  return typeof replies[4] !== "string";
}

/** Empties an account into another, if nobody changes either meanwhile. */
async function sweep(client: RawClient): Promise<boolean> {
  const [from, to] = [account(), account()];
  if (from === to) return false;
  const [, read] = await client.send([
    ["WATCH", from, to],
    ["GET", from],
  ]);
  const amount = typeof read === "string" ? (read.split("\r\n")[1] ?? "0") : "0";
  const replies = await client.send([
    ["MULTI"],
    ["DECRBY", from, amount],
    ["INCRBY", to, amount],
    ["INCR", "transfers"],
    ["EXEC"],
  ]);
  return typeof replies[4] !== "string";
}

async function work(client: RawClient): Promise<never> {
  for (;;) {
    const isDone = Math.random() < 0.5 ? await transfer(client) : await sweep(client);
    if (isDone) process.stdout.write("done\n");
  }
}

await Promise.all(Array.from({ length: 3 }, () => work(cache.connect())));
