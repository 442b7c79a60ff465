"use strict";

const logger = require("./logger");

const START_MS = 30_000;
const STOP_MS = 10_000;

function deadline(ms) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not ready after ${ms} ms`)), ms).unref();
  });
}

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
      logger.error(`${name}: not closed after ${STOP_MS} ms`);
      process.exit(1);
    }, STOP_MS).unref();
    for (const close of closers.reverse()) {
      await Promise.resolve(close()).catch((error) => logger.error(`${name}: ${error.message}`));
    }
    logger.info(`${name}: stopped`);
    process.exit(0); // ali-ons never closes its inner producer, and nacos ends its long poll after thirty seconds only
  }

  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  try {
    await Promise.race([start((close) => closers.push(close)), deadline(START_MS)]);
  } catch (error) {
    logger.error(`${name}: cannot start: ${error.stack}`);
    process.exit(1);
  }
}

module.exports = { run };
