"use strict";

const ATTEMPTS = 50;

/**
 * WATCH belongs to the connection, so transactions have a connection of their own and run on it one after the other.
 * `run(keys, work)` watches the keys and calls `work(redis)`, which reads and returns `{ multi, result }`: the commands
 * to execute and what `run` resolves with once they are executed. Without `multi` nothing is written. When another
 * client changed a watched key meanwhile, `work` runs again.
 */
function createTransactions(redis) {
  const connection = redis.duplicate();
  connection.on("error", () => {}); // the connection it was duplicated from reports the same
  let last = Promise.resolve();

  async function attempt(keys, work) {
    for (let left = ATTEMPTS; left > 0; left -= 1) {
      // Sent together: one connection keeps their order.
      const [, { multi, result }] = await Promise.all([connection.watch(...keys), work(connection)]).catch(abandon);
      if (!multi) {
        await connection.unwatch();
        return result;
      }
      const replies = await multi.exec();
      if (replies) {
        const failed = replies.find(([error]) => error);
        if (failed) throw failed[0];
        return result;
      }
    }
    throw new Error(`gave up after ${ATTEMPTS} clashes on ${keys.join(", ")}`);
  }

  async function abandon(error) {
    await connection.unwatch().catch(() => {});
    throw error;
  }

  return {
    run(keys, work) {
      const mine = last.then(() => attempt(keys, work));
      last = mine.catch(() => {});
      return mine;
    },
    async close() {
      await last;
      await connection.quit();
    },
  };
}

module.exports = { createTransactions };
