import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "./cli.js";

const manifest = new URL("../package.json", import.meta.url);

describe("the command mecha", () => {
  let said: string;

  beforeEach(() => {
    said = "";
    const hear = (text: unknown): boolean => {
      said += String(text);
      return true;
    };
    vi.spyOn(process.stdout, "write").mockImplementation(hear);
    vi.spyOn(process.stderr, "write").mockImplementation(hear);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("says its version, which is that of its package", async () => {
    expect(await runCli(["--version"])).toBe(0);
    expect(said.trim()).toBe((JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version);
  });

  it("explains itself and its commands", async () => {
    expect(await runCli(["--help"])).toBe(0);
    expect(said).toContain("run [options] [command...]");
    said = "";
    expect(await runCli(["run", "--help"])).toBe(0);
    expect(said).toContain("--app-port <port>");
    expect(said).not.toContain("--placement-host-address");
  });

  it.each([
    [["fly"], /unknown command 'fly'/u],
    [["run", "--fly"], /unknown option '--fly'/u],
    [["run", "--app-port", "http"], /--app-port is "http"/u],
    [["pluggable", "bindings.fax"], /there is no binding "bindings\.fax"; there are bindings\.cron/u],
    [["pluggable", "--socket-mode", "rw"], /--socket-mode is "rw"/u],
    [["cache", "import", "--component", "cache"], /--from/u],
    [["cache", "import", "--component", "cache", "--from", "localhost"], /--from has to begin with redis:/u],
    [["run", "--run-file", ".", "--", "node"], /take the command away/u],
  ])("refuses %j", async (args, words) => {
    expect(await runCli(args)).toBe(2);
    expect(said).toMatch(words);
  });
});
