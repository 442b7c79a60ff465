/** The first 16 bytes of ChaCha's state: "expand 32-byte k", as four little-endian words. */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/**
 * HChaCha20: makes the key that XChaCha20-Poly1305 uses out of a key and the first 16 bytes of its nonce
 * (draft-irtf-cfrg-xchacha-03, section 2.2). Node has ChaCha20-Poly1305, but not with the long nonce.
 */
export function hchacha20(key: Uint8Array, nonce: Uint8Array): Buffer {
  const state = new Uint32Array([...constants, ...wordsOf(key), ...wordsOf(nonce)]);
  for (let round = 0; round < 10; round++) {
    for (let column = 0; column < 4; column++)
      quarterRound(
        state,
        [0, 1, 2, 3].map((row) => row * 4 + column),
      );
    for (let start = 0; start < 4; start++) {
      quarterRound(
        state,
        [0, 1, 2, 3].map((row) => row * 4 + ((start + row) % 4)),
      );
    }
  }
  const out = Buffer.alloc(32);
  for (let index = 0; index < 4; index++) {
    out.writeUInt32LE(state[index] ?? 0, index * 4);
    out.writeUInt32LE(state[12 + index] ?? 0, 16 + index * 4);
  }
  return out;
}

function quarterRound(state: Uint32Array, positions: readonly number[]): void {
  const [a = 0, b = 0, c = 0, d = 0] = positions;
  mix(state, [a, b, d], 16);
  mix(state, [c, d, b], 12);
  mix(state, [a, b, d], 8);
  mix(state, [c, d, b], 7);
}

/** Adds the second word to the first, and rotates the third by bits after an exclusive or with the sum. */
function mix(state: Uint32Array, [sum, addend, rotated]: readonly [number, number, number], bits: number): void {
  state[sum] = (state[sum] ?? 0) + (state[addend] ?? 0);
  const crossed = (state[rotated] ?? 0) ^ (state[sum] ?? 0);
  state[rotated] = (crossed << bits) | (crossed >>> (32 - bits));
}

function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true));
}
