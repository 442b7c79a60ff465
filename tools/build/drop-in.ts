import { readFileSync, writeFileSync } from "node:fs";

/**
 * The shape that CommonJS users of the original know: a default export is the module itself, and every other export is
 * a property of it. Descriptors are copied, not values, since the compiler writes re-exports as getters.
 */
const footer = `
if ("default" in exports) {
  const names = Object.getOwnPropertyDescriptors(exports);
  delete names.__esModule;
  module.exports = Object.defineProperties(exports.default, names);
}
`;

/** Gives a compiled CommonJS entry the export shape of the original library. Doing it twice changes nothing. */
export function exportAsOriginal(file: string): void {
  const code = readFileSync(file, "utf8");
  if (!code.includes(footer)) writeFileSync(file, code + footer);
}
