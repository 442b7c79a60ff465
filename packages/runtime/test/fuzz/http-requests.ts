import fc from "fast-check";
import { body, jsonValue, metadata, metadataKey, nastyText } from "./nasty.js";

/** A request whose form is right, and which therefore reaches what answers it. */
export interface HonestRequest {
  readonly verb: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One operation of the API: `:` in its path stands for a name that comes from outside. */
interface Operation {
  readonly verb: string;
  readonly path: string;
  readonly body?: fc.Arbitrary<unknown>;
  /** Names in headers, as the operation takes them. */
  readonly headers?: fc.Arbitrary<Readonly<Record<string, string>>>;
}

/** An object that has most of these fields, now and then with a value of another kind. */
function fields(shape: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> {
  const loose = Object.entries(shape).map(([name, usual]) => [
    name,
    fc.option(fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: jsonValue }), {
      freq: 9,
      nil: absent,
    }),
  ]);
  return fc
    .record(Object.fromEntries(loose) as Record<string, fc.Arbitrary<unknown>>)
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== absent)));
}

const absent = Symbol("absent");

function several(one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(one, { maxLength: 3 });
}

const name = fc.oneof(fc.constantFrom("a", "b", "order", "cart"), nastyText);
const bytes = fc.oneof(
  body.map((content) => Buffer.from(content).toString("base64")),
  nastyText,
);
const times = fc.oneof(
  fc.constantFrom("1h", "P1Y", "R5/PT1H", "2500-01-01T00:00:00Z", "@every 1h", "0 0 1 1 * *", "-1s", "0s"),
  nastyText,
);
const counts = fc.constantFrom(0, 1, 2, -1, 1.5, 1e9, 2 ** 53);
const key = fc.oneof(fc.constantFrom("symmetric", "elliptic"), nastyText);
const algorithm = fc.oneof(
  fc.constantFrom("A256GCM", "A256KW", "ES256", "C20P", "A256CBC", "A256CBC-HS512"),
  nastyText,
);

const item = fields({
  key: name,
  value: jsonValue,
  etag: nastyText,
  metadata,
  options: fields({
    concurrency: fc.constantFrom("first-write", "last-write", ""),
    consistency: fc.constantFrom("strong", "eventual"),
  }),
});
const operation = fields({ operation: fc.constantFrom("upsert", "delete"), request: item });
const filter = fields({
  EQ: fields({ "value.a": jsonValue }),
  IN: fields({ a: several(jsonValue) }),
  AND: several(fields({ EQ: fields({ a: jsonValue }) })),
});
const failurePolicy = fields({ constant: fields({ interval: times, maxRetries: counts }) });
const subtle = fields({
  ...{ name: key, keyName: key, format: fc.constantFrom("PEM", "JSON", 0, 1), algorithm },
  ...{ plaintext: bytes, ciphertext: bytes, plaintextKey: bytes, wrappedKey: bytes, digest: bytes, signature: bytes },
  ...{ nonce: bytes, tag: bytes, associatedData: bytes },
});
const alarm = fields({
  dueTime: times,
  period: times,
  ttl: times,
  data: jsonValue,
  overwrite: fc.boolean(),
  failurePolicy,
});
const cryptoHeaders = fc.record({ "dapr-key-name": key, "dapr-key-wrap-algorithm": algorithm });

const operations: readonly Operation[] = [
  { verb: "POST", path: "v1.0/state/store", body: several(item) },
  { verb: "GET", path: "v1.0/state/store/:" },
  { verb: "DELETE", path: "v1.0/state/store/:", headers: fc.record({ "if-match": nastyText }) },
  { verb: "POST", path: "v1.0/state/store/bulk", body: fields({ keys: several(name), parallelism: counts, metadata }) },
  { verb: "POST", path: "v1.0/state/store/transaction", body: fields({ operations: several(operation), metadata }) },
  {
    verb: "POST",
    path: "v1.0-alpha1/state/store/query",
    body: fields({
      filter,
      sort: several(fields({ key: nastyText, order: fc.constantFrom("ASC", "DESC") })),
      page: fields({ limit: counts, token: nastyText }),
    }),
  },
  { verb: "POST", path: "v1.0/publish/events/:", body: jsonValue },
  {
    verb: "POST",
    path: "v1.0/publish/events/order",
    body: fields({
      specversion: fc.constant("1.0"),
      id: nastyText,
      type: nastyText,
      source: nastyText,
      data: jsonValue,
    }),
    headers: fc.constant({ "content-type": "application/cloudevents+json" }),
  },
  ...["v1.0", "v1.0-alpha1"].map((version) => ({
    verb: "POST",
    path: `${version}/publish/bulk/events/order`,
    body: several(
      fields({
        entryId: name,
        event: jsonValue,
        contentType: fc.constantFrom("application/json", "text/plain", "application/cloudevents+json"),
        metadata,
      }),
    ),
  })),
  {
    verb: "POST",
    path: "v1.0/bindings/files",
    body: fields({
      operation: fc.constantFrom("create", "get", "delete", "list"),
      data: jsonValue,
      metadata: fields({ fileName: nastyText }),
    }),
  },
  { verb: "GET", path: "v1.0/secrets/vault/:" },
  { verb: "GET", path: "v1.0/secrets/vault/bulk" },
  { verb: "GET", path: "v1.0/configuration/settings" },
  { verb: "GET", path: "v1.0/configuration/settings/subscribe" },
  { verb: "GET", path: "v1.0/configuration/settings/:/unsubscribe" },
  {
    verb: "POST",
    path: "v1.0-alpha1/lock/locks",
    body: fields({ resourceId: name, lockOwner: name, expiryInSeconds: counts }),
  },
  { verb: "POST", path: "v1.0-alpha1/unlock/locks", body: fields({ resourceId: name, lockOwner: name }) },
  { verb: "PUT", path: "v1.0-alpha1/crypto/keys/encrypt", body: jsonValue, headers: cryptoHeaders },
  { verb: "PUT", path: "v1.0-alpha1/crypto/keyfiles/decrypt", body: jsonValue, headers: cryptoHeaders },
  ...["getkey", "encrypt", "decrypt", "wrapkey", "unwrapkey", "sign", "verify"].flatMap((what) =>
    ["keys", "keyfiles"].map((vault) => ({
      verb: "POST",
      path: `v1.0-alpha1/subtlecrypto/${vault}/${what}`,
      body: subtle,
    })),
  ),
  {
    verb: "POST",
    path: "v1.0-alpha1/conversation/talk/converse",
    body: fields({
      inputs: several(fields({ content: nastyText, role: nastyText, scrubPII: fc.boolean() })),
      ...{ parameters: jsonValue, metadata, temperature: counts, contextID: nastyText },
    }),
  },
  {
    verb: "POST",
    path: "v1.0-alpha2/conversation/talk/converse",
    body: fields({
      inputs: several(
        fields({
          messages: several(
            fields({ ofUser: fields({ name, content: several(fields({ text: nastyText })) }), ofTool: jsonValue }),
          ),
          scrubPii: fc.boolean(),
        }),
      ),
      tools: several(fields({ function: fields({ name, description: nastyText, parameters: jsonValue }) })),
      ...{ toolChoice: nastyText, parameters: jsonValue, metadata, responseFormat: jsonValue },
    }),
  },
  ...["POST", "GET", "DELETE"].map((verb) => ({ verb, path: "v1.0/actors/Actor/:/method/:", body: jsonValue })),
  { verb: "POST", path: "v1.0/actors/Actor/a/state", body: several(operation) },
  { verb: "GET", path: "v1.0/actors/Actor/a/state/:" },
  ...["reminders", "timers"].flatMap((what) => [
    { verb: "POST", path: `v1.0/actors/Actor/a/${what}/:`, body: alarm },
    { verb: "GET", path: `v1.0/actors/Actor/a/${what}/:` },
    { verb: "DELETE", path: `v1.0/actors/Actor/a/${what}/:` },
  ]),
  {
    verb: "POST",
    path: "v1.0/jobs/:",
    body: fields({
      ...{ schedule: times, dueTime: times, ttl: times, repeats: counts, data: jsonValue },
      ...{ overwrite: fc.constant(true), failurePolicy },
    }),
  },
  { verb: "GET", path: "v1.0/jobs/:" },
  { verb: "DELETE", path: "v1.0-alpha1/jobs/:" },
  { verb: "PUT", path: "v1.0/metadata/:", body: nastyText },
  { verb: "GET", path: "v1.0/metadata" },
  { verb: "POST", path: "v1.0/invoke/fuzzed/method/:", body: jsonValue },
];

const query = fc.dictionary(
  fc.oneof(
    metadataKey.map((one) => `metadata.${one}`),
    fc.constantFrom("key", "consistency", "concurrency"),
  ),
  nastyText,
  { maxKeys: 2 },
);

/** Requests for every operation of the HTTP API, with any names and values. */
export const honestRequest: fc.Arbitrary<HonestRequest> = fc
  .constantFrom(...operations)
  .chain((chosen) =>
    fc.record({
      chosen: fc.constant(chosen),
      names: fc.infiniteStream(name),
      parameters: fc.option(query, { freq: 2, nil: {} }),
      headers: chosen.headers ?? fc.constant({}),
      content: fc.oneof(
        { weight: 15, arbitrary: (chosen.body ?? fc.constant("")).map((value) => Buffer.from(JSON.stringify(value))) },
        { weight: 1, arbitrary: body },
      ),
    }),
  )
  .map(({ chosen, names, parameters, headers, content }) => {
    const path = chosen.path.replaceAll(":", () => encoded(names.next().value as string));
    const parts = Object.entries(parameters).map((entry) => entry.map(encoded).join("="));
    return {
      verb: chosen.verb,
      path: `/${path}${parts.length === 0 ? "" : `?${parts.join("&")}`}`,
      headers: Object.fromEntries(
        Object.entries<string>(headers).map(([header, value]) => [header, value.replace(/[^\x21-\x7e]/gu, "")]),
      ),
      body: chosen.body === undefined ? new Uint8Array() : content,
    };
  });

/** As a client encodes a name; a half of a character becomes what a client would make of it. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString("utf8"));
}
