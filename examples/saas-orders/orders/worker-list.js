"use strict";

const KEY = "workers";
const FIRST_SEEN = "price-rules:first-seen";

/** The workers of this deployment and the price rules that each works with, in a hash that all of them share. */
function createWorkerList(redis, name) {
  const deployment = process.env.DEPLOYMENT || "";
  const replaces = Number(process.env.WORKER_REPLACES || 0);
  const own = { worker: name, pid: process.pid, deployment, revision: null, since: new Date().toISOString() };
  const field = `${deployment}:${process.pid}`;

  const all = async () => Object.entries(await redis.hgetall(KEY)).map(([key, text]) => [key, JSON.parse(text)]);

  return {
    /** Takes the place of the worker that this one replaces, and of whatever an earlier deployment left. */
    async enter() {
      const stale = (await all()).filter(([, worker]) => worker.deployment !== deployment || worker.pid === replaces);
      const multi = redis.multi().hset(KEY, field, JSON.stringify(own));
      if (stale.length > 0) multi.hdel(KEY, ...stale.map(([key]) => key));
      await multi.exec();
    },

    async report(revision) {
      own.revision = revision;
      own.since = new Date().toISOString();
      await redis.hset(KEY, field, JSON.stringify(own));
      await redis.hsetnx(FIRST_SEEN, revision, own.since);
    },

    async list() {
      const workers = (await all()).map(([, worker]) => worker).filter((worker) => worker.deployment === deployment);
      return workers
        .map(({ worker, pid, revision, since }) => ({ worker, pid, revision, since }))
        .sort((a, b) => a.worker.localeCompare(b.worker) || a.pid - b.pid);
    },
  };
}

module.exports = { FIRST_SEEN, createWorkerList };
