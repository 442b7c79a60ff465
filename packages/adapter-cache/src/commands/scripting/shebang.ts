import { ErrorReply } from "../../resp/reply.js";

const knownFlags: ReadonlySet<string> = new Set([
  "no-writes",
  "allow-oom",
  "allow-stale",
  "no-cluster",
  "allow-cross-slot-keys",
]);

/** What a script says of itself in a first line `#!lua flags=…`: whether it only reads. Throws `ErrorReply` if it says it wrongly. */
export function readShebang(source: Buffer): { readonly readOnly: boolean } {
  if (source[0] !== 0x23 || source[1] !== 0x21) return { readOnly: false };
  const end = source.indexOf(10);
  if (end < 0) throw new ErrorReply("ERR Invalid script shebang");
  const [engine, ...parts] = source.toString("latin1", 0, end).trim().split(/\s+/);
  if (engine !== "#!lua") throw new ErrorReply(`ERR Unexpected engine in script shebang: ${engine ?? ""}`);
  const flags = parts.flatMap((part) => {
    if (!part.startsWith("flags=")) throw new ErrorReply(`ERR Unknown lua shebang option: ${part}`);
    return part.slice("flags=".length).split(",");
  });
  const unknown = flags.find((flag) => !knownFlags.has(flag));
  if (unknown !== undefined) throw new ErrorReply(`ERR Unexpected flag in script shebang: ${unknown}`);
  return { readOnly: flags.includes("no-writes") };
}
