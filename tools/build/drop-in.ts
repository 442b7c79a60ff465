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

const defaultExport = /\bexports\.default\b|defineProperty\(exports, "default"/;

/**
 * Gives a compiled CommonJS entry the export shape of the original library. Doing it twice changes nothing. An entry without
 * a default export has it already, and must not even mention `module.exports`: Node would look for names of `export *` no
 * more when it links an ES module.
 */
export function exportAsOriginal(file: string): void {
  const code = readFileSync(file, "utf8");
  // The compiler leaves a file of an earlier build where its source is the same.
  const compiled = code.replace(footer, "");
  const wanted = defaultExport.test(compiled) ? compiled + footer : compiled;
  if (wanted !== code) writeFileSync(file, wanted);
}
