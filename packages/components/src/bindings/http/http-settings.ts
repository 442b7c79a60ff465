import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ComponentContext } from "@mecha/spec";
import { parseByteSize } from "../../metadata/byte-size.js";
import { type MetadataReader, readMetadata } from "../../metadata/metadata-reader.js";

/** Certificates of the client, and whose servers it trusts: PEM. */
export interface HttpCertificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What the metadata of `bindings.http` says. */
export interface HttpSettings {
  readonly url: URL;
  /** How long an answer may take, in milliseconds; `undefined` for ever. */
  readonly responseTimeoutMs: number | undefined;
  /** What is kept of a body, in bytes; `undefined` for all. */
  readonly maxResponseBytes: number | undefined;
  readonly certificates: HttpCertificates;
  /** A header that every request carries. */
  readonly securityHeader: { readonly name: string; readonly token: string } | undefined;
  /** Whether a status outside 200 to 299 is a failure. */
  readonly errorIfNot2xx: boolean;
}

const defaultMaxResponseBytes = 100 * 2 ** 20;

/** Reads the metadata with daprd's names and defaults. */
export async function readHttpSettings(context: ComponentContext): Promise<HttpSettings> {
  const metadata = readMetadata(context);
  const maxResponseBytes = readMaxResponseBytes(metadata);
  const token = metadata.text("securityToken", undefined);
  const header = metadata.text("securityTokenHeader", undefined);
  metadata.text("MTLSRenegotiation", undefined, {
    allowed: ["RenegotiateNever", "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient"],
  });
  return {
    url: readUrl(metadata),
    responseTimeoutMs: metadata.durationMs("responseTimeout", undefined, { minMs: 1 }),
    maxResponseBytes: maxResponseBytes > 0 ? maxResponseBytes : undefined,
    certificates: await readCertificates(context, metadata),
    securityHeader: token !== undefined && header !== undefined ? { name: header, token } : undefined,
    errorIfNot2xx: metadata.boolean("errorIfNot2XX", true),
  };
}

function readUrl(metadata: MetadataReader): URL {
  const text = metadata.requiredText("url");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw metadata.invalid("url", `is "${text}"; allowed: an address that begins with http:// or https://`);
}

function readMaxResponseBytes(metadata: MetadataReader): number {
  const text = metadata.text("maxResponseBodySize", undefined);
  const bytes = text === undefined ? defaultMaxResponseBytes : parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw metadata.invalid("maxResponseBodySize", `is "${text ?? ""}"; allowed: bytes, or a size such as 10Ki or 100Mi`);
}

async function readCertificates(context: ComponentContext, metadata: MetadataReader): Promise<HttpCertificates> {
  const pem = async (key: string): Promise<string | undefined> => {
    const text = metadata.text(key, undefined);
    if (text === undefined || text.includes("-----BEGIN ")) return text;
    try {
      return await readFile(resolve(context.baseFolder, text), "utf8");
    } catch {
      throw metadata.invalid(key, "is neither PEM nor the path of a file that can be read");
    }
  };
  const [ca, cert, key] = await Promise.all([pem("MTLSRootCA"), pem("MTLSClientCert"), pem("MTLSClientKey")]);
  // Like daprd's component, which takes a certificate only with its key.
  const isComplete = cert !== undefined && key !== undefined;
  return { ...(ca !== undefined && { ca }), ...(isComplete && { cert, key }) };
}
