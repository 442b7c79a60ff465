"use strict";
module.exports = require("ioredis-upstream/built/connectors/SentinelConnector/index");
