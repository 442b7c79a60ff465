import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runCommand } from "../run-command.js";
import { createPackument, type ServedPackage, tarballPath } from "./packument.js";

/** A registry on a loopback port. */
export interface LoopbackRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** What npm, pnpm, Yarn 1 and Yarn 4 read to use this registry; add it to a child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops listening and ends open connections. Idempotent. */
  close(): Promise<void>;
}

export interface RegistryOptions {
  /** Where to ask for every other package. @defaultValue the registry that npm is configured with */
  readonly upstream?: string;
}

/** Asked for once: npm takes half a second to say it. */
let configured: Promise<string> | undefined;

function configuredRegistry(): Promise<string> {
  configured ??= runCommand("npm", ["config", "get", "registry"]).then((text) => text.trim());
  return configured;
}

/** Headers that describe one connection or an encoding which fetch has already undone. */
const notPassedOn = new Set(["connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"]);

async function passOn(request: IncomingMessage, response: ServerResponse, upstream: string): Promise<void> {
  const target = upstream.replace(/\/$/, "") + (request.url ?? "/");
  const { accept } = request.headers;
  const answer = await fetch(target, { method: request.method ?? "GET", ...(accept ? { headers: { accept } } : {}) });
  const headers = [...answer.headers].filter(([name]) => !notPassedOn.has(name));
  response.writeHead(answer.status, Object.fromEntries(headers));
  if (answer.body) await pipeline(Readable.fromWeb(answer.body), response);
  else response.end();
}

type Answer = (response: ServerResponse) => void;

function answerFor(packages: readonly ServedPackage[], path: string, origin: string): Answer | undefined {
  const tarball = packages.find((served) => tarballPath(served) === path);
  if (tarball) {
    return (response) => response.setHeader("content-type", "application/octet-stream").end(readFileSync(tarball.file));
  }
  const versions = packages.filter(({ name }) => `/${name}` === path);
  if (versions.length === 0) return undefined;
  const packument = JSON.stringify(createPackument(versions, origin));
  return (response) => response.setHeader("content-type", "application/json").end(packument);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502).end(`the registry behind this one did not answer: ${String(error)}\n`);
}

function environmentFor(url: string): Record<string, string> {
  return {
    npm_config_registry: `${url}/`,
    pnpm_config_registry: `${url}/`,
    YARN_REGISTRY: url,
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
  };
}

/**
 * Starts a registry that serves the given tarballs and passes every other request on to the configured registry.
 *
 * @param packages - what it serves, as `packAll` gives it; several versions of one name oldest first
 */
export async function startRegistry(
  packages: readonly ServedPackage[],
  options: RegistryOptions = {},
): Promise<LoopbackRegistry> {
  const upstream = options.upstream ?? (await configuredRegistry());
  const server = createServer((request, response) => {
    // npm asks for @mecha%2fsdk-core, Yarn 4 for @mecha%2Fsdk-core, tarballs come unescaped.
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://loopback").pathname);
    const answer = answerFor(packages, path, url);
    if (answer) answer(response);
    else passOn(request, response, upstream).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, environment: environmentFor(url), close, [Symbol.asyncDispose]: close };
}
