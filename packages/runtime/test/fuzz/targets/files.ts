import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import fc from "fast-check";
import { checkFailure } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { nastyText } from "../nasty.js";

interface Input {
  readonly ask: "create" | "get" | "delete" | "list" | "configuration" | "secret" | "key";
  readonly name: string;
}

/** The folder is emptied after so many inputs: each `list` walks through all that the others have made. */
const emptiedAfter = 250;

/** Names that become those of files: of the local storage binding, of configuration, of keys, and of secrets. */
export const files: FuzzTarget<Input> = {
  inputs: () =>
    fc.record({
      ask: fc.constantFrom("create", "get", "delete", "list", "configuration", "secret", "key"),
      name: fileName,
    }),
  async open({ folder, canary }) {
    const runtime = await openFuzzRuntime(folder);
    let inputs = 0;
    return {
      async run({ ask, name }) {
        if (++inputs % emptiedAfter === 0) await empty(join(folder, "files"));
        try {
          const answer = JSON.stringify(await call(runtime.transport, ask, name), (_, value: unknown) =>
            value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value,
          );
          if (answer.includes(canary) || answer.includes("canary.json"))
            throw new Error(`${ask} of ${JSON.stringify(name)} read what lies outside: ${answer.slice(0, 300)}`);
        } catch (error) {
          if (error instanceof Error && error.message.includes("read what lies outside")) throw error;
          checkFailure(error);
        }
        // Whatever was deleted: there is always something to find.
        await writeFile(join(folder, "files", "here"), "inside");
      },
      close: () => runtime.close(),
    };
  },
};

/** Takes away what was made; the link out of the folder was there before. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder, { encoding: "buffer" }))
    if (name.toString() !== "link")
      await rm(Buffer.concat([Buffer.from(`${folder}/`), name]), { recursive: true, force: true });
}

function call(transport: Transport, ask: Input["ask"], name: string): Promise<unknown> {
  switch (ask) {
    case "configuration":
      return transport.unary(daprMethods.getConfiguration, { storeName: "settings", keys: [name], metadata: {} });
    case "secret":
      return transport.unary(daprMethods.getSecret, { storeName: "vault", key: name, metadata: {} });
    case "key":
      return transport.unary(daprMethods.subtleGetKeyAlpha1, { componentName: "keyfiles", name, format: 0 });
    default:
      return transport.unary(daprMethods.invokeBinding, {
        name: "files",
        operation: ask,
        data: Buffer.from("written"),
        metadata: { fileName: name },
      });
  }
}

const part = fc.oneof(
  fc.constantFrom(
    "..",
    ".",
    "",
    "here",
    "link",
    "canary.json",
    "box",
    "files",
    "a",
    "~",
    "...",
    "..\0",
    "%2e%2e",
    "\u2025",
    "..\\",
  ),
  nastyText,
);

const fileName = fc.oneof(
  nastyText,
  fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/")),
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
);
