import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyJars } from "./jar-checksums.js";
import { temporaryFolder } from "./testing/process-and-folder.js";

function line(name: string, content: string): string {
  return `${createHash("sha256").update(content).digest("hex")}  ${name}\n`;
}

test("accepts exactly the listed jars", async () => {
  using folder = temporaryFolder();
  const list = join(folder.path, "jars.sha256");
  writeFileSync(list, line("a-1.jar", "A") + line("b-2.jar", "B"));
  writeFileSync(join(folder.path, "a-1.jar"), "A");
  writeFileSync(join(folder.path, "b-2.jar"), "B");
  await expect(verifyJars(folder.path, list)).resolves.toBeUndefined();
});

test("names every jar that is changed, absent or unknown", async () => {
  using folder = temporaryFolder();
  const list = join(folder.path, "jars.sha256");
  writeFileSync(list, line("a-1.jar", "A") + line("b-2.jar", "B"));
  writeFileSync(join(folder.path, "a-1.jar"), "changed");
  writeFileSync(join(folder.path, "c-3.jar"), "C");
  const refusal = verifyJars(folder.path, list);
  await expect(refusal).rejects.toThrow(/nothing was installed/u);
  await expect(refusal).rejects.toThrow(/a-1\.jar has [0-9a-f]{64}, the list says 559aead0/u);
  await expect(refusal).rejects.toThrow("b-2.jar was not delivered");
  await expect(refusal).rejects.toThrow("c-3.jar is not on the list");
});
