"use strict";
const original = require("../dist/cjs/index.js");
module.exports = original;
// Said again for tools that look for it in this file.
module.exports.default = original.default;
