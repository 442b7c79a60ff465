"use strict";
module.exports = require("ioredis-upstream/built/redis/event_handler");
