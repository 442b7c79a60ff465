import fc from "fast-check";
import { serveHttp } from "../../../src/doors/http/serve-http.js";
import { checkText } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { honestRequest } from "../http-requests.js";
import { body, metadataKey, mutated, nastyText } from "../nasty.js";
import { type RawAnswer, sendRaw } from "../raw-http.js";

interface Input {
  readonly bytes: Uint8Array;
  /** One request from its first byte to its last. */
  readonly isWhole: boolean;
}

/** Bytes on a connection to the HTTP door: paths, queries, headers and bodies of any kind, and what is no HTTP at all. */
export const httpDoor: FuzzTarget<Input> = {
  inputs: () =>
    fc.oneof(
      // Most of what is not well formed is refused before anything of the runtime sees it.
      { weight: 10, arbitrary: wellFormed.map((bytes) => ({ bytes, isWhole: true })) },
      {
        weight: 7,
        arbitrary: fc
          .oneof({ weight: 4, arbitrary: request }, mutated(request), mutated(wellFormed), mutated(body))
          .map((bytes) => ({ bytes, isWhole: false })),
      },
    ),
  async open({ folder, canary }) {
    const runtime = await openFuzzRuntime(folder);
    const { address } = await serveHttp(runtime, { port: 0 });
    const port = Number(new URL(address).port);
    return {
      async run({ bytes, isWhole }) {
        const answer = await sendRaw(port, bytes, { leavesOpen: isWhole });
        if (isWhole && answer.status === 0) throw new Error("was not answered");
        // What follows the head of such an answer is the answer to what the door takes for another request.
        const isBodiless = Buffer.from(bytes.subarray(0, 5)).toString("latin1") === "HEAD ";
        check(isBodiless ? { ...answer, body: "" } : answer, canary);
      },
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

const wellFormed: fc.Arbitrary<Uint8Array> = honestRequest.map(
  ({ verb, path: target, headers: given, body: content }) => {
    const length = content.length === 0 ? {} : { "content-length": String(content.length) };
    const lines = Object.entries({ host: "localhost", connection: "close", ...given, ...length });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return Buffer.concat([Buffer.from(`${verb} ${target} HTTP/1.1\r\n${head}\r\n`), content]);
  },
);
