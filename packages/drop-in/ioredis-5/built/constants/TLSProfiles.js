"use strict";
module.exports = require("ioredis-upstream/built/constants/TLSProfiles");
