"use strict";
const original = require("ioredis-upstream/built/connectors/SentinelConnector/index");
module.exports = original;
// Said again for tools that look for it in this file.
module.exports.default = original.default;
