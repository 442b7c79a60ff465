/** The polynomial of Redis's checksum (CRC-64/Jones), its bits reversed. */
const polynomial = 0x95ac9329ac4bc9b5n;

const table = BigUint64Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = (value & 1n) === 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  return value;
});

/** Redis's checksum of bytes. */
export function crc64(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (table[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (value >> 8n);
  return value;
}
