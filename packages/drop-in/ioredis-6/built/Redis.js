"use strict";
exports.default = require("../dist/cjs/index.js");
