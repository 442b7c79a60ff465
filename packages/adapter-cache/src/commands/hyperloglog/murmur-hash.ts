const multiplier = 0xc6a4a7935bd1e995n;
const shift = 47n;
const mask = 2n ** 64n - 1n;

/**
 * MurmurHash64A, the hash by which Redis counts different elements.
 *
 * @param seed - chooses one of many hash functions
 */
export function murmurHash64(bytes: Buffer, seed: bigint): bigint {
  let hash = (seed ^ (BigInt(bytes.length) * multiplier)) & mask;
  const whole = bytes.length - (bytes.length % 8);
  for (let index = 0; index < whole; index += 8) hash = mix(hash, bytes.readBigUInt64LE(index));
  if (bytes.length > whole) {
    let rest = 0n;
    for (let index = bytes.length - 1; index >= whole; index--) rest = (rest << 8n) | BigInt(bytes[index] ?? 0);
    hash = ((hash ^ rest) * multiplier) & mask;
  }
  hash = ((hash ^ (hash >> shift)) * multiplier) & mask;
  return hash ^ (hash >> shift);
}

function mix(hash: bigint, block: bigint): bigint {
  let part = (block * multiplier) & mask;
  part = ((part ^ (part >> shift)) * multiplier) & mask;
  return ((hash ^ part) * multiplier) & mask;
}
