import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { ComponentContext, ComponentDefinition } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { fetchedKeys, fileKeys, type KeySetSource, writtenKeys } from "./key-set-source.js";
import { createLocalCrypto, keyNotFound } from "./local-crypto.js";

/**
 * `crypto.dapr.jwks`: the keys of a JSON Web Key Set, as in components-contrib 1.18. The name of a key is its `kid`.
 *
 * Metadata: `jwks`, which is an address (`http://`, `https://`), a file relative to the project root, or the set itself as JSON or as
 * Base64 of it; `requestTimeout` (default `30s`) and `minRefreshInterval` (default `10m`), for an address: how long fetching may take,
 * and how old the keys have to be before they are fetched again. A file is read again when it has changed.
 */
export const component: ComponentDefinition<"crypto"> = {
  type: "crypto.dapr.jwks",
  async create(context) {
    const source = await openSource(context);
    return createLocalCrypto(context, {
      backend: source.backend,
      async find(keyName) {
        const key = (await source.keys(keyName)).get(keyName);
        if (key === undefined) throw keyNotFound();
        return key;
      },
    });
  },
};

async function openSource(context: ComponentContext): Promise<KeySetSource> {
  const metadata = readMetadata(context);
  const location = metadata.requiredText("jwks");
  const requestTimeoutMs = metadata.durationMs("requestTimeout", 30_000);
  const minRefreshMs = metadata.durationMs("minRefreshInterval", 600_000);
  const onProblem = (problem: string): void =>
    context.logger.warn(`Component "${context.name}" (${context.type}): ${problem}`);
  const source = /^https?:\/\//.test(location)
    ? fetchedKeys(location, {
        // daprd takes less for none given.
        requestTimeoutMs: requestTimeoutMs < 1 ? 30_000 : requestTimeoutMs,
        minRefreshMs: minRefreshMs < 1_000 ? 600_000 : minRefreshMs,
        onProblem,
      })
    : ((await fileSource(context, location, onProblem)) ?? writtenKeys(location));
  const wrong = (problem: string) => metadata.invalid("jwks", problem);
  // The value itself may be the keys, so it is not quoted.
  if (source === undefined) throw wrong("is no address, no file, and no JSON Web Key Set");
  await source.keys("").catch((error: unknown) => {
    throw wrong(`leads to no keys: ${error instanceof Error ? error.message : String(error)}`);
  });
  return source;
}

async function fileSource(
  context: ComponentContext,
  location: string,
  onProblem: (problem: string) => void,
): Promise<KeySetSource | undefined> {
  // A set as text is too long for a path, or has characters that no path of a person has.
  if (location.trimStart().startsWith("{") || location.length > 4_096) return undefined;
  const file = resolve(context.baseFolder, location);
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? fileKeys(file, `file:${relative(context.baseFolder, file)}`, onProblem) : undefined;
}
