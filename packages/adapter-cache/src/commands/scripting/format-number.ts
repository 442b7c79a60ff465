/** Writes a number as C's `%.<precision>g` does. */
export function formatGeneral(value: number, precision: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", power = "0"] = value.toExponential(precision - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < precision) return withoutZeros(value.toFixed(precision - 1 - exponent));
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${withoutZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${digits}`;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Writes an integer as C's `%<flags><width>.<precision><kind>` does with a type of 64 bits. */
export function formatInteger(
  value: number,
  { flags, width, precision, kind }: { flags: string; width: string; precision: string; kind: string },
): string {
  const integer = BigInt.asIntN(64, BigInt(Math.trunc(value)));
  const isSigned = kind === "d" || kind === "i";
  const radix = kind === "o" ? 8 : kind.toLowerCase() === "x" ? 16 : 10;
  const magnitude = isSigned ? (integer < 0n ? -integer : integer) : BigInt.asUintN(64, integer);
  let digits = magnitude.toString(radix).padStart(Number(precision.slice(1) || "0"), "0");
  if (kind === "X") digits = digits.toUpperCase();
  const prefix = flags.includes("#") && radix === 16 ? `0${kind}` : flags.includes("#") && radix === 8 ? "0" : "";
  const sign =
    isSigned && integer < 0n ? "-" : !isSigned ? "" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const head = sign + prefix;
  const size = Number(width || "0");
  if (flags.includes("-")) return (head + digits).padEnd(size);
  if (flags.includes("0") && precision === "") return head + digits.padStart(size - head.length, "0");
  return (head + digits).padStart(size);
}
