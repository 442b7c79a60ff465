import { MechaError } from "@mecha/spec";

/** The error for an argument that makes no sense. */
export function wrongArgument(message: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", message, { operation: "cli.arguments" });
}

/** The number of a port; dapr's -1 is 0, which means a free one or none. */
export function toPort(text: string, flag: string): number {
  const port = Number(text);
  if (port === -1) return 0;
  if (/^\d{1,5}$/u.test(text) && port <= 65_535) return port;
  throw wrongArgument(`${flag} is "${text}"; it is the number of a port`);
}

/** A number from 0 up; dapr's -1 is 0 as well. */
export function toCount(text: string, flag: string): number {
  if (text === "-1") return 0;
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw wrongArgument(`${flag} is "${text}"; it is a whole number`);
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  K: 1_000,
  k: 1_000,
  M: 1_000_000,
  G: 1_000_000_000,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** Bytes of a quantity such as `16Mi`, as Kubernetes writes them. */
export function toBytes(text: string, flag: string): number {
  const [, number = "", unit = ""] = /^(\d+)([KMG]i?|k)?$/u.exec(text) ?? [];
  const bytes = Number(number) * (units[unit] ?? Number.NaN);
  if (number !== "" && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw wrongArgument(`${flag} is "${text}"; it is a number of bytes such as 4194304 or 4Mi`);
}

/** The parts of a list with commas. */
export function toList(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
