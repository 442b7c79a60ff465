import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { Registry } from "../registry.js";
import { createCryptoProviders, type CryptoContext } from "./crypto-providers.js";
import { decrypt } from "./decrypt.js";
import { encrypt } from "./encrypt.js";
import { subtleDecrypt, subtleEncrypt } from "./subtle-encrypt.js";
import { subtleGetKey } from "./subtle-get-key.js";
import { subtleSign, subtleVerify } from "./subtle-sign.js";
import { subtleUnwrapKey, subtleWrapKey } from "./subtle-wrap-key.js";

/** The handlers of the crypto building block: whole documents, and single operations. */
export type CryptoBlock = Required<
  Pick<
    DaprHandlers,
    | "encryptAlpha1"
    | "decryptAlpha1"
    | "subtleGetKeyAlpha1"
    | "subtleEncryptAlpha1"
    | "subtleDecryptAlpha1"
    | "subtleWrapKeyAlpha1"
    | "subtleUnwrapKeyAlpha1"
    | "subtleSignAlpha1"
    | "subtleVerifyAlpha1"
  >
>;

/** Makes the handlers of the crypto building block. */
export function createCryptoBlock(registry: Registry, logger: ComponentLogger): CryptoBlock {
  const context: CryptoContext = { providers: createCryptoProviders(registry), logger };
  return {
    encryptAlpha1: encrypt(context),
    decryptAlpha1: decrypt(context),
    subtleGetKeyAlpha1: subtleGetKey(context),
    subtleEncryptAlpha1: subtleEncrypt(context),
    subtleDecryptAlpha1: subtleDecrypt(context),
    subtleWrapKeyAlpha1: subtleWrapKey(context),
    subtleUnwrapKeyAlpha1: subtleUnwrapKey(context),
    subtleSignAlpha1: subtleSign(context),
    subtleVerifyAlpha1: subtleVerify(context),
  };
}
