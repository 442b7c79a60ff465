"use strict";
module.exports = require("ioredis-upstream/built/utils/argumentParsers");
