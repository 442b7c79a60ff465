"use strict";

const logger = require("./logger");

const DEADLINE_MS = 10_000;

/**
 * Starts a process and stops it at SIGTERM or SIGINT. `start(onStop)` registers with `onStop` how each thing that it
 * opens is closed; closing happens in reverse order.
 */
async function run(name, start) {
  const closers = [];
  let stopping = false;

  async function stop() {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.error(`${name}: not closed after ${DEADLINE_MS} ms`);
      process.exit(1);
    }, DEADLINE_MS).unref();
    for (const close of closers.reverse()) {
      await Promise.resolve(close()).catch((error) => logger.error(`${name}: ${error.message}`));
    }
    logger.info(`${name}: stopped`);
    process.exit(0); // ali-ons never closes its inner producer, and nacos ends its long poll after thirty seconds only
  }

  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  try {
    await start((close) => closers.push(close));
  } catch (error) {
    logger.error(`${name}: cannot start: ${error.stack}`);
    process.exit(1);
  }
}

module.exports = { run };
