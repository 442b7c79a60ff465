import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { goCommand } from "./go-command.js";
import { temporaryFolder } from "./testing/process-and-folder.js";

/** Puts a `go` first on the PATH that says it is of a version, and gives a folder for every module that is asked for. */
function installGo(folder: string, version: string): void {
  const lines = [
    "#!/bin/sh",
    `case "$1 $2" in`,
    `"env GOVERSION") printf '${version}\\nlinux\\namd64\\n' ;;`,
    `"mod download") echo "$4" > ${join(folder, "asked")}; echo '{"Dir":"${join(folder, "toolchain")}"}' ;;`,
    "esac",
  ];
  writeFileSync(join(folder, "go"), lines.join("\n"), { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"] ?? ""}`);
}

test.each(["go1.21.0", "go1.26.8", "devel go1.27-abc"])("%s is taken as it is", async (version) => {
  using folder = temporaryFolder();
  installGo(folder.path, version);
  expect(await goCommand(() => undefined)).toBe("go");
  vi.unstubAllEnvs();
});

test("an older Go fetches the one that the module asks for, which is made executable", async () => {
  using folder = temporaryFolder();
  installGo(folder.path, "go1.19.8");
  const tools = join(folder.path, "toolchain", "pkg", "tool", "linux_amd64");
  mkdirSync(tools, { recursive: true });
  mkdirSync(join(folder.path, "toolchain", "bin"));
  const compile = join(tools, "compile");
  for (const file of [compile, join(folder.path, "toolchain", "bin", "go")]) {
    writeFileSync(file, "#!/bin/sh\necho runs\n", { mode: 0o444 });
  }
  const reports: string[] = [];
  const command = await goCommand((progress) => reports.push(progress));
  vi.unstubAllEnvs();
  expect(reports).toEqual(["go1.19.8 fetches Go 1.26.5"]);
  expect(execFileSync("cat", [join(folder.path, "asked")], { encoding: "utf8" })).toBe(
    "golang.org/toolchain@v0.0.1-go1.26.5.linux-amd64\n",
  );
  expect(execFileSync(command, { encoding: "utf8" })).toBe("runs\n");
  expect(execFileSync(compile, { encoding: "utf8" })).toBe("runs\n");
});
