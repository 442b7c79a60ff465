"use strict";
// For tools that read this file to learn whether it has a default export; the last line gives what this one says.
exports.default = require("ioredis-6-upstream/built/connectors/SentinelConnector/index").default;
module.exports = require("ioredis-6-upstream/built/connectors/SentinelConnector/index");
