import { buildAll } from "./build.js";

const start = performance.now();
const report = (line: string): void => {
  console.error(`build ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${line}`);
};

try {
  await buildAll({ clean: process.argv.includes("--clean"), report });
  report("done");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
