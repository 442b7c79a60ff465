import { createHash } from "node:crypto";

/** A script and its name: the SHA1 of its text, in hexadecimal. */
export interface Script {
  readonly sha: string;
  readonly source: Buffer;
}

/** The scripts that clients of this process have used or loaded, by their names. */
const scripts = new Map<string, Script>();

/** Keeps a script for EVALSHA. */
export function rememberScript(source: Buffer): Script {
  const sha = createHash("sha1").update(source).digest("hex");
  const known = scripts.get(sha);
  if (known !== undefined) return known;
  // The bytes are a view of what the client sent.
  const script = { sha, source: Buffer.from(source) };
  scripts.set(sha, script);
  return script;
}

/** The script of a name. */
export function findScript(sha: string): Script | undefined {
  return scripts.get(sha.toLowerCase());
}

/** Forgets all scripts. */
export function forgetScripts(): void {
  scripts.clear();
}
