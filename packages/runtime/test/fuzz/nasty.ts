import fc from "fast-check";

/** Names of components and the like that exist in every runtime that is fuzzed. */
export const knownNames = [
  "store",
  "events",
  "settings",
  "files",
  "vault",
  "locks",
  "keys",
  "keyfiles",
  "talk",
] as const;

/** Texts on which programs stumble: names of the language, ways out of folders, separators, limits, what no text should hold. */
const texts = [
  "",
  " ",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "..",
  ".",
  "/",
  "//",
  "../canary.json",
  "../../canary.json",
  "../../../canary.json",
  "..%2fcanary.json",
  "..\\canary.json",
  "/../canary.json",
  "a/../../../canary.json",
  "link/canary.json",
  "link/../canary.json",
  "files/../../canary.json",
  "%2e%2e%2fcanary.json",
  "%00",
  "\0",
  "a\0b",
  "a||b",
  "||",
  "null",
  "undefined",
  "NaN",
  "-1",
  "0",
  "1e999",
  "99999999999999999999",
  "true",
  "*",
  "?",
  "\u{fffd}",
  "\ud800",
  "\u202e",
  "é\u0301",
  "🙂".repeat(20),
  "\r\n",
  "a\r\nx-injected: 1",
  "x".repeat(255),
  "x".repeat(5000),
  "@every 1s",
  "P1Y",
  "R5/PT1S",
  "2500-01-01T00:00:00Z",
  "127.0.0.1:1",
  "symmetric",
  "elliptic",
  "AES-GCM",
  "A256KW",
  "ES256",
  "application/json",
  "application/cloudevents+json",
  "text/plain",
  "{}",
  "[]",
  '"quoted"',
  "aGVsbG8=",
];

const keys = [
  "ttlInSeconds",
  "rawPayload",
  "partitionKey",
  "contentType",
  "fileName",
  "metadata.ttlInSeconds",
  "cloudevent.id",
  "cloudevent.type",
  "cloudevent.source",
  "cloudevent.datacontenttype",
  "consumerGroup",
  "maxInFlight",
  "outbox.projection",
  "__proto__",
  "constructor",
  "id",
  "traceparent",
];

/** Text that is a name which exists, one on which programs stumble, or any. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...knownNames) },
  { weight: 5, arbitrary: fc.constantFrom(...texts) },
  { weight: 2, arbitrary: fc.constantFrom("a", "b", "order", "cart") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[./%\\2eEfFaA0-9-]{1,12}$/) },
);

/** Names of entries of metadata. */
export const metadataKey: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...keys), nastyText);

/** Metadata; `__proto__` may be one of its own keys. */
export const metadata: fc.Arbitrary<Record<string, string>> = fc
  .array(fc.tuple(metadataKey, nastyText), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

const deepJson = `${'{"a":['.repeat(5000)}1${"]}".repeat(5000)}`;

/** Values as JSON has them, with the names of the language among their keys. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1, 1e308, 2 ** 53, ""),
    nastyText,
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(fc.tuple(metadataKey, tie("value")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
  ),
})).value;

/** Bytes of bodies: JSON, JSON with something wrong, none, any, too deep for a stack. */
export const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: jsonValue.map((value) => bytesOf(JSON.stringify(value))) },
  {
    weight: 2,
    arbitrary: fc.tuple(jsonValue, fc.nat(200)).map(([value, at]) => bytesOf(JSON.stringify(value).slice(0, at))),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  { weight: 1, arbitrary: nastyText.map(bytesOf) },
  { weight: 1, arbitrary: fc.constantFrom(new Uint8Array(), bytesOf(deepJson), bytesOf("[".repeat(20_000))) },
);

/** Changes some bytes: cut, doubled, replaced, put in. */
export function mutated(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    kind: fc.constantFrom("cut", "drop", "double", "replace", "insert"),
    at: fc.nat(4096),
    length: fc.integer({ min: 1, max: 16 }),
    byte: fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255)),
  });
  return fc.tuple(bytes, fc.array(change, { maxLength: 4 })).map(([original, changes]) => {
    let now = Buffer.from(original);
    for (const { kind, at, length, byte } of changes) {
      const place = now.length === 0 ? 0 : at % now.length;
      const [before, piece, after] = [
        now.subarray(0, place),
        now.subarray(place, place + length),
        now.subarray(place + length),
      ];
      if (kind === "cut") now = Buffer.from(before);
      else if (kind === "drop") now = Buffer.concat([before, after]);
      else if (kind === "double") now = Buffer.concat([before, piece, piece, after]);
      else if (kind === "replace") now = Buffer.concat([before, Buffer.alloc(piece.length, byte), after]);
      else now = Buffer.concat([before, Buffer.alloc(length, byte), piece, after]);
    }
    return now;
  });
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
