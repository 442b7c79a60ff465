"use strict";

const Redis = require("ioredis");
const logger = require("./logger");

function connect(options) {
  const redis = new Redis(options);
  redis.on("error", (error) => logger.error(`redis ${options.host}:${options.port}: ${error.message}`));
  return redis;
}

module.exports = { connect };
