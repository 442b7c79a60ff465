"use strict";
// For tools that read this file to learn whether it has a default export; the last line gives what this one says.
exports.default = require("../dist/cjs/index.js").default;
module.exports = require("../dist/cjs/index.js");
