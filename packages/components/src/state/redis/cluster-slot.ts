/** How many slots a Redis Cluster has. */
const slotCount = 16_384;

/**
 * The slot of a key in a Redis Cluster: CRC16 (XMODEM) of the key, or of what stands in its first braces, if anything does. Keys with
 * the same text in braces share a slot.
 */
export function clusterSlotOf(key: string): number {
  const open = key.indexOf("{");
  const close = open < 0 ? -1 : key.indexOf("}", open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  return crc16(Buffer.from(hashed)) % slotCount;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

/** The positions of keys, those of a slot together. */
export function groupBySlot(keys: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (const [position, key] of keys.entries()) {
    const slot = clusterSlotOf(key);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [position]);
    else group.push(position);
  }
  return [...groups.values()];
}
