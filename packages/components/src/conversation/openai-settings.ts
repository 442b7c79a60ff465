import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";

/** What the metadata of `conversation.openai` says. */
export interface OpenaiSettings {
  /** Where completions are asked for. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly model: string;
  /** How long an answer is given again to the same request, in milliseconds; `undefined` for never. */
  readonly responseCacheTtlMs: number | undefined;
}

const defaultEndpoint = "https://api.openai.com/v1";

/**
 * Reads the metadata with daprd's names and defaults. As in daprd, `OPENAI_MODEL` or `AZURE_OPENAI_MODEL` wins over `model`, `OPENAI_BASE_URL`
 * (else `OPENAI_API_BASE`) stands in for an absent `endpoint`, and `OPENAI_ORGANIZATION` is told to the server.
 */
export function readOpenaiSettings(context: ComponentContext): OpenaiSettings {
  const metadata = readMetadata(context);
  const isAzure = metadata.text("apiType", "").toLowerCase() === "azure";
  const key = metadata.requiredText("key");
  const responseCacheTtlMs = metadata.durationMs("responseCacheTTL", undefined, { aliases: ["cacheTTL"], minMs: 1 });
  const named = metadata.text("model", undefined);
  const organizationId = fromEnvironment("OPENAI_ORGANIZATION");
  const organization = organizationId === undefined ? {} : { "openai-organization": organizationId };
  if (!isAzure) {
    const elsewhere = fromEnvironment("OPENAI_BASE_URL") ?? fromEnvironment("OPENAI_API_BASE");
    const endpoint = metadata.text("endpoint", elsewhere ?? defaultEndpoint);
    const model = fromEnvironment("OPENAI_MODEL") ?? named ?? "gpt-5-nano";
    return {
      url: urlOf(context, endpoint, "chat/completions"),
      headers: { authorization: `Bearer ${key}`, ...organization },
      key,
      model,
      responseCacheTtlMs,
    };
  }
  const model = fromEnvironment("AZURE_OPENAI_MODEL") ?? named ?? "gpt-4.1-nano";
  const path = `openai/deployments/${encodeURIComponent(model)}/chat/completions`;
  const url = urlOf(context, metadata.requiredText("endpoint"), path);
  url.searchParams.set("api-version", metadata.requiredText("apiVersion"));
  return { url, headers: { "api-key": key, ...organization }, key, model, responseCacheTtlMs };
}

function urlOf(context: ComponentContext, endpoint: string, path: string): URL {
  const text = `${endpoint.replace(/\/+$/, "")}/${path}`;
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw readMetadata(context).invalid("endpoint", `is "${endpoint}"; allowed: an http or https address`);
  }
  return new URL(text);
}

function fromEnvironment(variable: string): string | undefined {
  const value = process.env[variable];
  return value === "" ? undefined : value;
}
