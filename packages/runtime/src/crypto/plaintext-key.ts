import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

/**
 * The bytes of a key that is to be wrapped, whose format daprd guesses: a JSON Web Key, PEM, or a symmetric key as Base64 or as bare
 * bytes. Symmetric keys give their bytes, private ones PKCS #8, public ones SPKI (both DER).
 *
 * @throws Error that does not quote the key
 */
export function plaintextKeyBytes(key: Uint8Array): Buffer {
  const content = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (content.length === 0) throw new Error("failed to parse plaintext key: key is empty");
  try {
    // A symmetric key may begin with any byte, so what has its length is one.
    if (content[0] === 0x7b && ![16, 24, 32].includes(content.length)) return bytesOfJwk(content.toString("utf8"));
    if (content.length > 10 && content.subarray(0, 5).toString("latin1") === "-----") {
      return derOf(content.includes("PRIVATE KEY-----") ? createPrivateKey(content) : createPublicKey(content));
    }
  } catch {
    throw new Error("failed to parse plaintext key: it is neither a JSON Web Key nor PEM");
  }
  return symmetricBytes(content);
}

function bytesOfJwk(text: string): Buffer {
  // Node says itself what is wrong with the members of a key.
  const jwk = JSON.parse(text) as JsonWebKey;
  if (jwk.kty === "oct" && jwk.k) return Buffer.from(jwk.k, "base64url");
  const input = { key: jwk, format: "jwk" } as const;
  return derOf(jwk.d === undefined ? createPublicKey(input) : createPrivateKey(input));
}

function derOf(key: KeyObject): Buffer {
  return key.type === "private"
    ? key.export({ type: "pkcs8", format: "der" })
    : key.export({ type: "spki", format: "der" });
}

function symmetricBytes(content: Buffer): Buffer {
  const text = content
    .toString("latin1")
    .replace(/[\n=]+$/, "")
    .replace(/[\r\n]/g, "");
  const isBase64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(text) && text.length % 4 !== 1;
  return isBase64 ? Buffer.from(text, "base64") : content;
}
