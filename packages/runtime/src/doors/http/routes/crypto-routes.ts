import { crypto, daprMethods, type UnaryMethod } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { malformedBody, type JsonFields } from "../json-fields.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";

/** Largest piece of a stream that goes to a handler at once, in bytes. */
const pieceBytes = 64 * 1024;

/** Cryptography: `/v1.0-alpha1/crypto/…` and `/v1.0-alpha1/subtlecrypto/…`. */
export const cryptoRoutes: readonly HttpRoute[] = [
  { verbs: ["PUT"], versions: ["v1.0-alpha1"], path: "crypto/:name/encrypt", answer: encrypt },
  { verbs: ["PUT"], versions: ["v1.0-alpha1"], path: "crypto/:name/decrypt", answer: decrypt },
  subtle("getkey", daprMethods.subtleGetKeyAlpha1, (body) => ({
    name: body.text("name"),
    format: keyFormat(body.any("format")),
  })),
  subtle("encrypt", daprMethods.subtleEncryptAlpha1, (body) => ({
    ...common(body),
    plaintext: body.bytes("plaintext"),
    nonce: body.bytes("nonce"),
    associatedData: body.bytes("associatedData"),
  })),
  subtle("decrypt", daprMethods.subtleDecryptAlpha1, (body) => ({
    ...common(body),
    ciphertext: body.bytes("ciphertext"),
    nonce: body.bytes("nonce"),
    tag: body.bytes("tag"),
    associatedData: body.bytes("associatedData"),
  })),
  subtle("wrapkey", daprMethods.subtleWrapKeyAlpha1, (body) => ({
    ...common(body),
    plaintextKey: body.bytes("plaintextKey"),
    nonce: body.bytes("nonce"),
    associatedData: body.bytes("associatedData"),
  })),
  subtle("unwrapkey", daprMethods.subtleUnwrapKeyAlpha1, (body) => ({
    ...common(body),
    wrappedKey: body.bytes("wrappedKey"),
    nonce: body.bytes("nonce"),
    tag: body.bytes("tag"),
    associatedData: body.bytes("associatedData"),
  })),
  subtle("sign", daprMethods.subtleSignAlpha1, (body) => ({ ...common(body), digest: body.bytes("digest") })),
  subtle("verify", daprMethods.subtleVerifyAlpha1, (body) => ({
    ...common(body),
    digest: body.bytes("digest"),
    signature: body.bytes("signature"),
  })),
];

/** A route whose body is the message in JSON, but for the component, which is in the path. */
function subtle<I extends { componentName: string }, O extends object>(
  operation: string,
  method: UnaryMethod<I, O>,
  read: (body: JsonFields) => Omit<I, "componentName">,
): HttpRoute {
  return {
    verbs: ["POST"],
    versions: ["v1.0-alpha1"],
    path: `subtlecrypto/:name/${operation}`,
    async answer(context) {
      const body = await context.call.optionalFields();
      // The two halves of the message make it whole.
      const request = { ...read(body), componentName: param(context, "name") } as I;
      context.call.sendJson(inProtoJson(await context.ask(method, request)));
    },
  };
}

function common(body: JsonFields): { readonly algorithm: string; readonly keyName: string } {
  return { algorithm: body.text("algorithm"), keyName: body.text("keyName") };
}

function keyFormat(format: unknown): crypto.SubtleGetKeyRequest_KeyFormat {
  const { PEM, JSON: Json } = crypto.SubtleGetKeyRequest_KeyFormat;
  if (format === undefined || format === "PEM" || format === PEM) return PEM;
  if (format === "JSON" || format === Json) return Json;
  throw malformedBody('"format" must be PEM or JSON');
}

/** Bytes in base64; what is empty is left out. */
function inProtoJson(message: object): Record<string, unknown> {
  const entries = Object.entries(message).map(
    ([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== "" && value !== false));
}

async function encrypt(context: RouteContext): Promise<void> {
  const { headers } = context.call;
  const options = {
    componentName: param(context, "name"),
    keyName: required(headers["dapr-key-name"], "dapr-key-name"),
    keyWrapAlgorithm: required(headers["dapr-key-wrap-algorithm"], "dapr-key-wrap-algorithm").toUpperCase(),
    dataEncryptionCipher: headers["dapr-data-encryption-cipher"] ?? "",
    omitDecryptionKeyName: /^(y|yes|true|t|on|1)$/iu.test(headers["dapr-omit-decryption-key-name"] ?? ""),
    decryptionKeyName: headers["dapr-decryption-key-name"] ?? "",
  };
  const bytes = await context.call.bytes();
  await sendPayloads(context, context.askStream(daprMethods.encryptAlpha1, requests(bytes, options)));
}

async function decrypt(context: RouteContext): Promise<void> {
  const options = {
    componentName: param(context, "name"),
    keyName: context.call.headers["dapr-key-name"] ?? "",
  };
  const bytes = await context.call.bytes();
  await sendPayloads(context, context.askStream(daprMethods.decryptAlpha1, requests(bytes, options)));
}

/** The first message has the options; pieces are numbered. */
async function* requests<Options>(bytes: Buffer, options: Options) {
  let at = 0;
  let seq = 0n;
  do {
    const payload = { data: bytes.subarray(at, at + pieceBytes), seq };
    yield seq === 0n ? { options, payload } : { payload };
    at += pieceBytes;
    seq++;
  } while (at < bytes.length);
}

/** All of it at once, as daprd: a failure in the middle is then still an error answer. */
async function sendPayloads(
  { call }: RouteContext,
  responses: AsyncIterable<crypto.EncryptResponse | crypto.DecryptResponse>,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const { payload } of responses) pieces.push(payload?.data ?? Buffer.alloc(0));
  call.sendBytes(Buffer.concat(pieces), { headers: { "content-type": "application/octet-stream" } });
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined && value !== "") return value;
  throw new MechaError("INVALID_ARGUMENT", `invalid request: missing header '${name}'`, {
    reason: "ERR_BAD_REQUEST",
    httpStatus: 400,
  });
}
