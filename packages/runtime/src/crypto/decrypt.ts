import type { crypto, StreamHandler } from "@mecha/sdk-core/protocol";
import type { CryptoContext } from "./crypto-providers.js";
import { decryptDocument } from "./document/decrypt-document.js";
import { documentReplies } from "./document/document-replies.js";
import { readDocumentRequests } from "./document/document-requests.js";

const nothing = Buffer.alloc(0);

/** Dapr's DecryptAlpha1: decrypts a document in the format `dapr.io/enc/v1`, as fast as the result is taken. */
export function decrypt({ providers }: CryptoContext): StreamHandler<crypto.DecryptRequest, crypto.DecryptResponse> {
  return async function* handle(requests, { signal }) {
    const { options, pieces } = await readDocumentRequests(requests);
    const { componentName: component, keyName: wantedKey } = options;
    const provider = providers(component);
    const decrypted = decryptDocument(pieces, {
      keyName: wantedKey,
      unwrapKey({ wrappedFileKey, keyWrapAlgorithm: algorithm }, keyName) {
        const use = { keyName, algorithm, nonce: nothing, tag: nothing, associatedData: nothing };
        return provider.unwrapKey(wrappedFileKey, use, { signal });
      },
    });
    yield* documentReplies(decrypted, component);
  };
}
