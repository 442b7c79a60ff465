import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const { resolve } = createRequire(import.meta.url);

/** What a process writes that gives options without effect twice. */
function said(debug: string | undefined): string {
  const source = new URL("./ignored-options.ts", import.meta.url).href;
  const script = `import { sayIgnored } from ${JSON.stringify(source)};
    sayIgnored("redis", ["tls"]); sayIgnored("redis", ["tls", "credentials"]);`;
  const options = [
    "--import",
    pathToFileURL(resolve("tsx")).href,
    "--input-type=module",
    "-e",
    `${script} process.stderr.write("end")`,
  ];
  const { NODE_DEBUG: _, ...environment } = process.env;
  return execFileSync("sh", ["-c", '"$0" "$@" 2>&1', process.execPath, ...options], {
    encoding: "utf8",
    env: { ...environment, ...(debug !== undefined && { NODE_DEBUG: debug }) },
  });
}

it("names an option that has no effect once, and only to whoever debugs", () => {
  expect(said(undefined)).toBe("end");
  const lines = said("mecha").split("\n");
  expect(lines).toEqual([
    expect.stringContaining("redis: tls has no effect, the component's YAML decides"),
    expect.stringContaining("redis: credentials has no effect, the component's YAML decides"),
    "end",
  ]);
});
