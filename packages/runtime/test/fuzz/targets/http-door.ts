import fc from "fast-check";
import { serveHttp } from "../../../src/doors/http/serve-http.js";
import { checkText } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { body, metadataKey, mutated, nastyText } from "../nasty.js";
import { type RawAnswer, sendRaw } from "../raw-http.js";

/** Bytes on a connection to the HTTP door: paths, queries, headers and bodies of any kind, and what is no HTTP at all. */
export const httpDoor: FuzzTarget<Uint8Array> = {
  inputs: () =>
    fc.oneof(
      { weight: 8, arbitrary: request },
      { weight: 1, arbitrary: mutated(request) },
      { weight: 1, arbitrary: mutated(body) },
    ),
  async open({ folder, canary }) {
    const runtime = await openFuzzRuntime(folder);
    const { address } = await serveHttp(runtime, { port: 0 });
    const port = Number(new URL(address).port);
    return {
      run: async (bytes) => check(await sendRaw(port, bytes), canary),
      close: () => runtime.close(),
    };
  },
};

function check({ text, status, head, body: answer }: RawAnswer, canary: string): void {
  if (text.includes(canary)) throw new Error(`read a file outside of its folder: ${text.slice(0, 300)}`);
  checkText(answer, status >= 400);
  if (/\r\nx-injected:/i.test(head)) throw new Error("let a caller set a header of the answer");
  // What Node refuses by itself has no body.
  if (status < 400 || answer === "" || !/content-type: application\/json/i.test(head)) return;
  const { errorCode, message } = JSON.parse(answer) as { readonly errorCode?: unknown; readonly message?: unknown };
  // Some answers of daprd tell what is wrong without a code.
  if (typeof (errorCode ?? "") !== "string" || typeof message !== "string")
    throw new Error(`answered ${String(status)} with a body that is no error of Dapr's: ${answer.slice(0, 300)}`);
}

const routes = [
  "state/:",
  "state/:/:",
  "state/:/bulk",
  "state/:/transaction",
  "publish/:/:",
  "publish/bulk/:/:",
  "bindings/:",
  "secrets/:/:",
  "secrets/:/bulk",
  "configuration/:",
  "configuration/:/subscribe",
  "configuration/:/:/unsubscribe",
  "lock/:",
  "unlock/:",
  "crypto/:/encrypt",
  "crypto/:/decrypt",
  "subtlecrypto/:/getkey",
  "subtlecrypto/:/sign",
  "actors/:/:/method/:",
  "actors/:/:/state",
  "actors/:/:/state/:",
  "actors/:/:/reminders/:",
  "actors/:/:/timers/:",
  "jobs/:",
  "conversation/:/converse",
  "workflows/:/:/start",
  "workflows/:/:",
  "metadata",
  "metadata/:",
  "healthz",
  "invoke/:/method/:",
  "invoke/fuzzed/method/:/:",
  ":",
  ":/:",
];

/** A part of a path: as an honest client would send it, or as it is. */
const segment = fc.oneof(
  { weight: 4, arbitrary: nastyText.map((text) => encodeURIComponent(Buffer.from(text).toString("utf8"))) },
  { weight: 2, arbitrary: nastyText.map((text) => text.replace(/[\r\n ]/g, "")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "%",
      "%zz",
      "%c0%ae%c0%ae",
      "%2e%2e",
      "..",
      "%2F",
      "%252e",
      "%00",
      "a%0d%0ab",
      "x".repeat(9000),
    ),
  },
);

const path = fc
  .tuple(
    fc.constantFrom(
      "/v1.0/",
      "/v1.0/",
      "/v1.0-alpha1/",
      "/v1.0-beta1/",
      "//v1.0//",
      "/v1.0/../v1.0/",
      "/",
      "http://x/v1.0/",
    ),
    fc.constantFrom(...routes),
    fc.infiniteStream(segment),
    fc.constantFrom("", "", "", "/", "//", "/.", "/.."),
  )
  .map(
    ([version, route, segments, end]) => version + route.replaceAll(":", () => segments.next().value as string) + end,
  );

const query = fc
  .array(
    fc.tuple(
      fc.oneof(
        metadataKey.map((key) => `metadata.${key}`),
        fc.constantFrom("key", "consistency", "__proto__"),
      ),
      nastyText,
    ),
    {
      maxLength: 3,
    },
  )
  .map((entries) =>
    entries.length === 0
      ? ""
      : `?${entries.map(([name, value]) => `${name}=${value}`.replace(/[\r\n ]/g, "+")).join("&")}`,
  );

const headerNames = [
  "content-type",
  "dapr-app-id",
  "traceparent",
  "if-match",
  "origin",
  "metadata.ttlInSeconds",
  "__proto__",
  "transfer-encoding",
  "content-length",
  "expect",
  "upgrade",
  "dapr-key-name",
  "dapr-key-wrap-algorithm",
  "cookie",
];

const headers = fc
  .array(fc.tuple(fc.constantFrom(...headerNames), nastyText), { maxLength: 3 })
  .map((entries) => entries.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, "")}\r\n`).join(""));

const verbs = fc.constantFrom(
  "GET",
  "GET",
  "POST",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "CONNECT",
  "XYZZY",
);

const request: fc.Arbitrary<Uint8Array> = fc
  .record({
    verb: verbs,
    path,
    query,
    headers,
    body,
    host: fc.constantFrom("localhost", "localhost", "localhost", "127.0.0.1:1", "evil.example", "[::1", ""),
    /** Added to the length that is told. */
    wrongBy: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1_000_000_000),
  })
  .map(({ wrongBy, host, ...one }) => {
    const length = Math.max(0, one.body.length + wrongBy);
    const lines = `${one.verb} ${one.path}${one.query} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${one.headers}`;
    return Buffer.concat([Buffer.from(`${lines}content-length: ${String(length)}\r\n\r\n`), one.body]);
  });
