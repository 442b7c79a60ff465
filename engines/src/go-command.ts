import { chmod, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../../tools/run-command.js";
import { daprdModule, goVersion } from "./daprd-binary.js";
import { hasCommand } from "./missing.js";

/** From this minor version on, Go fetches the version that a module asks for by itself. */
const fetchesItself = 21;

// Not in the module: an old Go cannot even read its go.mod.
const outside = { cwd: dirname(daprdModule) };

/** The module system keeps no permissions. */
async function makeExecutable(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? makeExecutable(path) : chmod(path, 0o755));
  }
}

/**
 * The `go` that can build the module: the installed one where it fetches what a module asks for by itself, else the Go
 * that the module asks for, fetched with the installed one (Debian 12 has 1.19) as the module that it is published as.
 */
export async function goCommand(report: (progress: string) => void): Promise<string> {
  if (!hasCommand("go")) throw new Error("go is not on the PATH");
  const answer = await runCommand("go", ["env", "GOVERSION", "GOOS", "GOARCH"], outside);
  const [version = "", system, architecture] = answer.trim().split("\n");
  const minor = /^go1\.(\d+)/u.exec(version)?.[1];
  if (minor === undefined || Number(minor) >= fetchesItself) return "go";
  report(`${version} fetches Go ${goVersion}`);
  const module = `golang.org/toolchain@v0.0.1-go${goVersion}.${String(system)}-${String(architecture)}`;
  const fetched = JSON.parse(await runCommand("go", ["mod", "download", "-json", module], outside)) as { Dir: string };
  await makeExecutable(join(fetched.Dir, "bin"));
  await makeExecutable(join(fetched.Dir, "pkg", "tool"));
  return join(fetched.Dir, "bin", "go");
}
