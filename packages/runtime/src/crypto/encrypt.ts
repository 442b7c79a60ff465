import type { crypto, StreamHandler } from "@mecha/sdk-core/protocol";
import { daprError, messageOf } from "../errors/dapr-error.js";
import type { CryptoContext } from "./crypto-providers.js";
import { keyWrapAlgorithmOf, segmentCipherOf } from "./document/document-format.js";
import { documentReplies } from "./document/document-replies.js";
import { readDocumentRequests } from "./document/document-requests.js";
import { encryptDocument } from "./document/encrypt-document.js";

const nothing = Buffer.alloc(0);

/** Dapr's EncryptAlpha1: encrypts a document of any size in the format `dapr.io/enc/v1`, as fast as the result is taken. */
export function encrypt({ providers }: CryptoContext): StreamHandler<crypto.EncryptRequest, crypto.EncryptResponse> {
  return async function* handle(requests, { signal }) {
    const { options, pieces } = await readDocumentRequests(requests);
    const { componentName: component, keyName } = options;
    if (keyName === "") throw missing("keyName");
    if (options.keyWrapAlgorithm === "") throw missing("keyWrapAlgorithm");
    const provider = providers(component);
    const keyWrapAlgorithm = keyWrapAlgorithmOf(options.keyWrapAlgorithm);
    if (keyWrapAlgorithm === undefined) throw notSupported("Algorithm", "algorithm", options.keyWrapAlgorithm);
    const cipher = segmentCipherOf(options.dataEncryptionCipher);
    if (cipher === undefined) throw notSupported("Cipher", "cipher", options.dataEncryptionCipher);

    const encrypted = encryptDocument(pieces, {
      keyWrapAlgorithm,
      cipher,
      keyName: options.omitDecryptionKeyName ? "" : options.decryptionKeyName || keyName,
      async wrapKey(fileKey) {
        const use = { keyName, algorithm: keyWrapAlgorithm, nonce: nothing, associatedData: nothing };
        const wrapped = await provider.wrapKey(fileKey, use, { signal }).catch((thrown: unknown) => {
          throw new Error(`failed to wrap the file key: ${messageOf(thrown)}`, { cause: thrown });
        });
        return wrapped.ciphertext;
      },
    });
    yield* documentReplies(encrypted, component);
  };
}

function missing(property: string): Error {
  return daprError("cryptoBadRequest", `invalid request: missing property '${property}' in the options message`);
}

function notSupported(option: string, noun: string, value: string): Error {
  const message = `option ${option} is not valid: ${noun} ${value.toUpperCase()} is not supported`;
  return daprError("cryptoOperation", `failed to perform operation: ${message}`);
}
