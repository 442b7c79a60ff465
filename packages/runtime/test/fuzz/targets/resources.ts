import { readFileSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { checkFailure } from "../finding.js";
import type { FuzzTarget } from "../fuzz-target.js";
import { jsonValue, mutated, nastyText } from "../nasty.js";

const repository = join(import.meta.dirname, "../../../../..");
const folders = ["components/laptop", "components/open-source", "components/daprd"];

/** What people write into resource folders, with something wrong. */
export const resources: FuzzTarget<Uint8Array> = {
  inputs: () => {
    const valid = fc.constantFrom(...[...ownResources, ...repositoryResources()].map((text) => Buffer.from(text)));
    return fc.oneof(
      { weight: 3, arbitrary: mutated(valid) },
      { weight: 3, arbitrary: fc.tuple(valid, lineChanges).map(([text, changes]) => changeLines(text, changes)) },
      { weight: 3, arbitrary: resource.map((value) => Buffer.from(JSON.stringify(value))) },
      { weight: 1, arbitrary: fc.constantFrom(...yamlTricks).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    );
  },
  async open({ folder }) {
    const [{ readConfigurationFile }, { readResources }] = await Promise.all([
      import("../../../src/resources/configuration-resource.js"),
      import("../../../src/resources/read-resources.js"),
    ]);
    const file = join(folder, "files", "resource.yaml");
    return {
      async run(text) {
        await writeFile(file, text);
        for (const read of [() => readResources([file], "fuzzed"), () => readConfigurationFile(file)])
          await read().catch(checkFailure);
      },
      close: () => Promise.resolve(),
    };
  },
};

function repositoryResources(): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => readFileSync(join(repository, folder, name), "utf8")),
  );
}

const head = (kind: string, apiVersion = "dapr.io/v1alpha1"): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: one\n`;

/** One of each kind, with most of what it may have. */
const ownResources = [
  `${head("Component")}spec:\n  type: state.redis\n  version: v1\n  initTimeout: 5s\n  ignoreErrors: true\n  metadata:\n    - name: redisHost\n      value: localhost:6379\n    - name: redisPassword\n      secretKeyRef:\n        name: redis\n        key: password\n    - name: other\n      envRef: HOME\nauth:\n  secretStore: vault\nscopes:\n  - fuzzed\n`,
  `${head("Subscription", "dapr.io/v2alpha1")}spec:\n  pubsubname: events\n  topic: order\n  routes:\n    rules:\n      - match: event.type == "paid" && event.data.total > 10\n        path: /paid\n    default: /other\n  bulkSubscribe:\n    enabled: true\n    maxMessagesCount: 10\n    maxAwaitDurationMs: 100\n  deadLetterTopic: dead\n  metadata:\n    rawPayload: "true"\n`,
  `${head("Subscription")}spec:\n  pubsubname: events\n  topic: order\n  route: /orders\nscopes: [fuzzed]\n`,
  `${head("Resiliency")}spec:\n  policies:\n    timeouts:\n      short: 5s\n    retries:\n      again:\n        policy: exponential\n        duration: 500ms\n        maxInterval: 15s\n        maxRetries: -1\n        matching:\n          httpStatusCodes: 500-599,429\n          gRPCStatusCodes: "1-15"\n    circuitBreakers:\n      simple:\n        maxRequests: 1\n        interval: 8s\n        timeout: 45s\n        trip: consecutiveFailures > 8\n  targets:\n    apps:\n      cart:\n        timeout: short\n        retry: again\n        circuitBreaker: simple\n    actors:\n      Cart:\n        retry: again\n        circuitBreakerScope: both\n        circuitBreakerCacheSize: 5000\n    components:\n      store:\n        outbound:\n          retry: again\n        inbound:\n          retry: again\n`,
  `${head("Configuration")}spec:\n  tracing:\n    samplingRate: "1"\n    otel:\n      endpointAddress: localhost:4317\n      protocol: grpc\n      isSecure: false\n  metrics:\n    enabled: true\n    rules: []\n  secrets:\n    scopes:\n      - storeName: vault\n        defaultAccess: deny\n        allowedSecrets: [one, two]\n        deniedSecrets: []\n  accessControl:\n    defaultAction: deny\n    trustDomain: public\n    policies:\n      - appId: cart\n        defaultAction: allow\n        namespace: default\n        operations:\n          - name: /op\n            httpVerb: [POST, GET]\n            action: deny\n  api:\n    allowed:\n      - name: state\n        version: v1.0\n        protocol: http\n    denied: []\n  nameResolution:\n    component: sqlite\n    version: v1\n    configuration:\n      connectionString: names.db\n`,
  `${head("HTTPEndpoint")}spec:\n  baseUrl: http://127.0.0.1:1\n  headers:\n    - name: accept\n      value: text/plain\n    - name: token\n      secretKeyRef: { name: one, key: two }\n  clientTLS:\n    rootCA:\n      value: x\n`,
];

/** What YAML has that nobody expects in settings. */
const yamlTricks = [
  `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
    .split("")
    .map((name, index) => `${name}: &${name} [${`*${"abcdefg"[index] ?? ""},`.repeat(9)}]`)
    .join("\n")}\nkind: Component\n`,
  `${head("Component")}spec: &self\n  type: *self\n`,
  `${head("Component")}spec:\n  <<: { type: state.redis, version: v1 }\n  __proto__: { polluted: true }\n`,
  `${head("Component")}spec: !!js/function "function () {}"\n`,
  `${head("Component")}spec: !!binary "//8="\n`,
  `kind: Component\nspec: ${"{a: ".repeat(3000)}1${"}".repeat(3000)}\n`,
  `kind: Component\nspec: ${"[".repeat(5000)}\n`,
  `${"- ".repeat(5000)}a\n`,
  `kind: Component\n? [a, {b: c}]\n: d\n`,
  `\u{feff}${head("Component")}`,
  `${head("Component").replaceAll("\n", "\r\n")}\0`,
  `--- \n%YAML 9.9\n---\n${head("Component")}...\n---\n`,
  `${head("Subscription", "dapr.io/v2alpha1")}spec:\n  pubsubname: e\n  topic: t\n  routes:\n    rules:\n      - match: ${'"a" + '.repeat(2000)}"b"\n        path: /x\n`,
];

/** Lines that change places, go, come twice or get another value. */
const lineChanges = fc.array(
  fc.record({
    kind: fc.constantFrom("drop", "double", "move", "indent", "outdent", "value"),
    at: fc.nat(60),
    to: fc.nat(60),
    value: fc.oneof(
      nastyText,
      jsonValue.map((value) => JSON.stringify(value)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function changeLines(text: Uint8Array, changes: typeof lineChanges extends fc.Arbitrary<infer C> ? C : never): Buffer {
  const lines = Buffer.from(text).toString("utf8").split("\n");
  for (const { kind, at, to, value } of changes) {
    const place = at % lines.length;
    const line = lines[place] ?? "";
    if (kind === "drop") lines.splice(place, 1);
    else if (kind === "double") lines.splice(place, 0, line);
    else if (kind === "move") lines.splice(to % lines.length, 0, ...lines.splice(place, 1));
    else if (kind === "indent") lines[place] = `  ${line}`;
    else if (kind === "outdent") lines[place] = line.replace(/^ {2}/, "");
    else lines[place] = line.replace(/:.*$/, `: ${value}`);
  }
  return Buffer.from(lines.join("\n"));
}

const kinds = [
  "Component",
  "Configuration",
  "Resiliency",
  "Subscription",
  "HTTPEndpoint",
  "Adapters",
  "Other",
  "__proto__",
];
const specKeys = [
  "type version metadata initTimeout ignoreErrors pubsubname topic route routes rules match path default bulkSubscribe",
  "deadLetterTopic policies timeouts retries circuitBreakers targets apps actors components duration policy maxRetries",
  "baseUrl headers name value secretKeyRef envRef key secrets scopes storeName defaultAccess allowedSecrets cache mq",
  "__proto__ constructor enabled maxMessagesCount tracing metrics accessControl api",
].flatMap((line) => line.split(" "));

/** Documents with the keys of resources in places where they may not belong. */
const resource: fc.Arbitrary<Record<string, unknown>> = fc.record({
  apiVersion: fc.oneof(fc.constantFrom("dapr.io/v1alpha1", "dapr.io/v2alpha1", "mecha/v1alpha1"), jsonValue),
  kind: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...kinds) }, { weight: 1, arbitrary: jsonValue }),
  metadata: fc.oneof(fc.record({ name: nastyText, namespace: fc.option(nastyText) }), jsonValue),
  spec: fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      jsonValue,
      fc.array(tie("node"), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(...specKeys), tie("node")), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
    ),
  })).node,
  scopes: fc.option(fc.oneof(fc.array(nastyText, { maxLength: 2 }), fc.constant(["fuzzed"]), jsonValue), {
    nil: undefined,
  }),
});
