import type { KeyObject } from "node:crypto";
import type * as NistCurves from "@noble/curves/nist.js";
import { keyMismatch } from "./crypto-failure.js";
import type { SignatureScheme } from "./signatures.js";

type Curves = Pick<typeof NistCurves, "p256" | "p384" | "p521">;
type Curve = Curves["p256"];

/** Curves by the names in JSON Web Keys. */
const curveOf: Readonly<Record<string, (curves: Curves) => Curve>> = {
  "P-256": ({ p256 }) => p256,
  "P-384": ({ p384 }) => p384,
  "P-521": ({ p521 }) => p521,
};

/**
 * ECDSA over a digest, with signatures in DER. Node's own `sign` makes the digest itself, and Dapr's API brings it; so the work is
 * done by @noble/curves. daprd takes a key of any of the three curves for each `ES…`, and so do we.
 *
 * @param loadCurves - loads `@noble/curves/nist.js`, when it is first needed
 */
export function ecdsaSignature(loadCurves: () => Promise<Curves>): SignatureScheme {
  const open = async (key: KeyObject) => {
    const { crv = "", d = "", x = "", y = "" } = key.export({ format: "jwk" });
    const choose = Object.hasOwn(curveOf, crv) ? curveOf[crv] : undefined;
    if (choose === undefined) throw keyMismatch();
    const [secret, ...point] = [d, x, y].map((part) => Buffer.from(part, "base64url"));
    return { curve: choose(await loadCurves()), secret, point: Buffer.concat([Buffer.from([4]), ...point]) };
  };
  const asItIs = { prehash: false, lowS: false } as const;
  return {
    keyType: "ec",
    async sign(key, digest) {
      const { curve, secret = Buffer.alloc(0) } = await open(key);
      return curve.sign(digest, secret, asItIs).toBytes("der");
    },
    async verify(key, digest, signature) {
      const { curve, point } = await open(key);
      try {
        return curve.verify(signature, digest, point, { ...asItIs, format: "der" });
      } catch {
        return false; // the signature is no DER
      }
    },
  };
}
