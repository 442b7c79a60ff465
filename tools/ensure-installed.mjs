// Makes a checkout runnable before any script of package.json: installs the dependencies when the lockfile is newer
// than what is installed, and generates the protos. Node builtins only, and everything it says goes to stderr, so that
// a script with --json keeps stdout for itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");
const stamp = join(root, "node_modules", ".mecha-installed");

/** Runs one step with its whole output on stderr; a failure ends this process with the step's own exit code. */
function run(what, command, args) {
  process.stderr.write(`mecha: ${what}\n`);
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", quiet ? "pipe" : 2, 2], encoding: "utf8" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}mecha: ${what} failed: ${command} ${args.join(" ")}\n`);
  process.exit(result.status ?? 1);
}

/** What is installed depends on these two files alone: with a frozen lockfile every package.json must agree with it. */
function installKey() {
  const hash = createHash("sha256").update(process.version);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const key = installKey();
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
  run("installing dependencies", "npx", ["--yes", "pnpm@12.21.0", "install", "--frozen-lockfile"]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
}
const { generateProtos } = await import("./generate-protos.mjs");
const generated = generateProtos();
if (generated && !quiet) process.stderr.write(`mecha: generated ${generated} protocol files\n`);
