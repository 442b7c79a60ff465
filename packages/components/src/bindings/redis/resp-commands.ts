import { MechaError } from "@mecha/spec";

/** A command as RESP has it: its words, the name first. */
export type RespCommand = readonly [name: Buffer, ...rest: Buffer[]];

const lineEnd = "\r\n";

/**
 * Reads commands written as RESP has them, arrays of bulk strings one after the other. Words are views of the data.
 *
 * @throws MechaError `INVALID_ARGUMENT` for anything else
 */
export function parseRespCommands(data: Uint8Array): readonly RespCommand[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const commands: RespCommand[] = [];
  let at = 0;
  const number = (type: string): number => {
    const end = bytes.indexOf(lineEnd, at, "latin1");
    const line = bytes.toString("latin1", at, end < 0 ? at : end);
    if (!line.startsWith(type) || !/^.\d{1,10}$/u.test(line)) throw wrongForm();
    at = end + lineEnd.length;
    return Number(line.slice(1));
  };
  while (at < bytes.length) {
    const words: Buffer[] = [];
    for (let left = number("*"); left > 0; left--) {
      const length = number("$");
      words.push(bytes.subarray(at, at + length));
      at += length + lineEnd.length;
      if (at > bytes.length) throw wrongForm();
    }
    const [name, ...rest] = words;
    if (name === undefined) throw wrongForm();
    commands.push([name, ...rest]);
  }
  if (commands.length === 0) throw wrongForm();
  return commands;
}

/** Writes a command as RESP has it. */
export function encodeRespCommand(words: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${String(words.length)}${lineEnd}`)];
  for (const word of words) {
    const bytes = typeof word === "string" ? Buffer.from(word) : word;
    parts.push(Buffer.from(`$${String(bytes.length)}${lineEnd}`), bytes, Buffer.from(lineEnd));
  }
  return Buffer.concat(parts);
}

function wrongForm(): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    "with the encoding resp, the data of a command is one command of Redis's protocol or more: arrays of bulk strings",
  );
}
