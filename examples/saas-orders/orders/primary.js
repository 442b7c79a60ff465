"use strict";

const cluster = require("node:cluster");
const crypto = require("node:crypto");
const path = require("node:path");
const config = require("../config");
const logger = require("../lib/logger");

const FAILED_STARTS = 3;
const PAUSE_MS = 500;

const deployment = crypto.randomUUID();
let stopping = false;
let failedStarts = 0;

cluster.setupPrimary({ exec: path.join(__dirname, "worker.js") });

function fork(name, replaces) {
  const worker = cluster.fork({ WORKER_NAME: name, WORKER_REPLACES: replaces || "", DEPLOYMENT: deployment });
  worker.once("listening", () => {
    failedStarts = 0;
  });
  worker.once("exit", (code, signal) => onExit(name, worker, code, signal));
}

function onExit(name, worker, code, signal) {
  if (stopping) return;
  logger.warn(`${name} (pid ${worker.process.pid}) ended with ${signal || code}`);
  if (signal || code === 0) {
    fork(name, worker.process.pid);
    return;
  }
  failedStarts += 1;
  if (failedStarts >= FAILED_STARTS) {
    logger.error(`workers do not start, giving up`);
    process.exitCode = 1;
    stop();
    return;
  }
  setTimeout(() => !stopping && fork(name, worker.process.pid), PAUSE_MS);
}

function stop() {
  stopping = true;
  for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGTERM");
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);

for (let number = 1; number <= config.orders.workers; number += 1) fork(`orders-${number}`);
