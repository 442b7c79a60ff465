"use strict";
module.exports = require("ioredis-6-upstream/built/types");
