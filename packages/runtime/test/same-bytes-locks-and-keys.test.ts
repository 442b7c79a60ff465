import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml, createSuiteKeys, eventually } from "@mecha/conformance";
import { type DaprdEngine, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha, type EncryptionAlgorithm, type SignatureAlgorithm } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";

const ciphers: readonly (readonly [EncryptionAlgorithm, string, number])[] = [
  ["A256CBC", "suite-aes", 16],
  ["A256GCM", "suite-aes", 12],
  ["A192CBC-HS384", "suite-aes-384", 16],
  ["A256CBC-HS512", "suite-aes-512", 16],
  ["A256KW", "suite-aes", 0],
  ["C20P", "suite-aes", 12],
  ["XC20P", "suite-aes", 24],
  ["XC20PKW", "suite-aes", 24],
  ["RSA1_5", "suite-rsa", 0],
  ["RSA-OAEP", "suite-rsa", 0],
  ["RSA-OAEP-512", "suite-rsa", 0],
];

const signatures: readonly (readonly [SignatureAlgorithm, string, number])[] = [
  ["ES256", "suite-p256", 32],
  ["ES384", "suite-p384", 48],
  ["ES512", "suite-p521", 64],
  ["PS256", "suite-rsa", 32],
  ["PS512", "suite-rsa", 64],
  ["RS256", "suite-rsa", 32],
  ["RS384", "suite-rsa", 48],
  ["RS512", "suite-rsa", 64],
  ["EdDSA", "suite-ed25519", 100],
];

/** One folder of components, read by daprd and by the embedded runtime: what one writes, the other reads. */
describeWith(["daprd", "redis"], "the embedded runtime and daprd on one folder", (on) => {
  let folder: string;
  let daprd: DaprdEngine;
  let runtime: Runtime;
  let redis: Redis;
  let theirs: Mecha;
  let ours: Mecha;
  let closeTransport: () => Promise<void>;

  beforeAll(async () => {
    redis = new Redis(on.redis.port, on.redis.host);
    await redis.config("SET", "notify-keyspace-events", "KEA");
    const redisHost = on.redis.address;
    folder = await mkdtemp(join(tmpdir(), "mecha-same-bytes-"));
    await mkdir(join(folder, "keys", "nested"), { recursive: true });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(join(folder, "keys", "rsa.pem"), privateKey.export({ type: "pkcs1", format: "pem" }));
    await writeFile(join(folder, "keys", "nested", "aes"), randomBytes(32).toString("base64"));
    await writeFile(
      join(folder, "secrets.json"),
      JSON.stringify({ db: { user: "u", password: "p", hosts: ["a", "b"] } }),
    );
    const secretsFile = join(folder, "secrets.json");
    const resources = [
      componentYaml("locks", "lock.redis", { redisHost }),
      componentYaml("own-locks", "lock.redis", { redisHost, keyPrefix: "Shop" }),
      componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: createSuiteKeys() }) }),
      componentYaml("key-files", "crypto.dapr.localstorage", { path: join(folder, "keys") }),
      componentYaml("settings", "configuration.redis", { redisHost }),
      componentYaml("talk", "conversation.echo"),
      componentYaml("nested", "secretstores.local.file", { secretsFile, nestedSeparator: "." }),
      componentYaml("multi", "secretstores.local.file", { secretsFile, multiValued: "true" }),
      componentYaml("env", "secretstores.local.env", { prefix: "SAME_BYTES_" }),
    ];
    const path = join(folder, "resources");
    await mkdir(path);
    await Promise.all(resources.map((text, index) => writeFile(join(path, `${String(index)}.yaml`), text)));
    vi.stubEnv("SAME_BYTES_TOKEN", "t0ken");
    vi.stubEnv("MECHA_RUNTIME_DIR", join(folder, "run"));
    daprd = await startDaprd({ appId: "orders", resourcesFolders: [path], logLevel: "warn" });
    runtime = await createRuntime({ appId: "orders", resourcesPaths: [path], baseFolder: folder });
    const transport = createGrpcTransport({ address: daprd.grpcAddress });
    closeTransport = () => transport.close();
    const close = (): Promise<void> => Promise.resolve();
    theirs = createMecha({ transport, mode: "sidecar", close }, "orders");
    ours = createMecha({ transport: runtime.transport, mode: "embedded", close }, "orders");
  }, 60_000);

  afterAll(async () => {
    vi.unstubAllEnvs();
    await closeTransport();
    await Promise.all([runtime.close(), daprd.stop()]);
    await redis.quit();
    await rm(folder, { recursive: true, force: true });
  });

  /** Each way round. */
  const pairs = (): readonly (readonly [Mecha, Mecha])[] => [
    [ours, theirs],
    [theirs, ours],
  ];

  it.each(["locks", "own-locks"])(
    "keep each other out of the locks of %s, and release them for one owner",
    async (store) => {
      for (const [one, other] of pairs()) {
        const resource = randomUUID();
        expect(await one.lock(store).tryLock(resource, { owner: "a", expirySeconds: 60 })).toBeDefined();
        expect(await other.lock(store).tryLock(resource, { owner: "b", expirySeconds: 60 })).toBeUndefined();
        expect(await other.lock(store).unlock(resource, "b")).toBe("held-by-another");
        expect(await other.lock(store).unlock(resource, "a")).toBe("released");
        expect(await one.lock(store).unlock(resource, "a")).toBe("not-held");
      }
    },
  );

  it("decrypt each other's documents, of every algorithm, cipher and size", async () => {
    for (const [one, other] of pairs()) {
      for (const [component, keyName, keyWrapAlgorithm] of [
        ["keys", "suite-aes", "A256KW"],
        ["keys", "suite-rsa", "RSA-OAEP-256"],
        ["key-files", "nested/aes", "AES"],
        ["key-files", "rsa.pem", "RSA"],
      ] as const) {
        for (const cipher of ["aes-gcm", "chacha20-poly1305"] as const) {
          const document = randomBytes(cipher === "aes-gcm" ? 200_000 : 65_536);
          const encrypted = await one.crypto(component).encrypt(document, { keyName, keyWrapAlgorithm, cipher });
          expect(Buffer.compare(await other.crypto(component).decrypt(encrypted), document), keyName).toBe(0);
        }
      }
      const empty = await one
        .crypto("keys")
        .encrypt(Buffer.alloc(0), { keyName: "suite-aes", keyWrapAlgorithm: "AES" });
      expect((await other.crypto("keys").decrypt(empty)).length).toBe(0);
    }
  });

  it("decrypt and unwrap what the other encrypted and wrapped, with every kind of cipher", async () => {
    for (const [one, other] of pairs()) {
      for (const [algorithm, keyName, nonceBytes] of ciphers) {
        const [plaintext, nonce] = [randomBytes(32), randomBytes(nonceBytes)];
        const associatedData = Buffer.from("beside it");
        const use = { keyName, algorithm, nonce, associatedData };
        const { ciphertext, tag } = await one.subtleCrypto("keys").encrypt(plaintext, use);
        const decrypted = await other.subtleCrypto("keys").decrypt(ciphertext, { ...use, tag });
        expect(Buffer.compare(decrypted, plaintext), algorithm).toBe(0);
      }
      const use = { keyName: "suite-aes", algorithm: "A256GCM", nonce: randomBytes(12) } as const;
      const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
      const key = Buffer.from(pem.export({ type: "pkcs8", format: "pem" }));
      const wrapped = await one.subtleCrypto("keys").wrapKey(key, use);
      const unwrapped = await other.subtleCrypto("keys").unwrapKey(wrapped.ciphertext, { ...use, tag: wrapped.tag });
      // A PEM is wrapped as its DER.
      expect(Buffer.compare(unwrapped, pem.export({ type: "pkcs8", format: "der" }))).toBe(0);
    }
  });

  it("verify each other's signatures, and give the same public keys", async () => {
    for (const [one, other] of pairs()) {
      for (const [algorithm, keyName, bytes] of signatures) {
        const digest = randomBytes(bytes);
        const signature = await one.subtleCrypto("keys").sign(digest, { keyName, algorithm });
        const verified = await other.subtleCrypto("keys").verify(digest, signature, { keyName, algorithm });
        expect(verified, algorithm).toBe(true);
      }
    }
    for (const keyName of ["suite-rsa", "suite-p521", "suite-ed25519"]) {
      const [a, b] = [ours.subtleCrypto("keys"), theirs.subtleCrypto("keys")];
      expect(await a.getKey(keyName)).toBe(await b.getKey(keyName));
      const [own, foreign] = await Promise.all([
        a.getKey(keyName, { format: "jwk" }),
        b.getKey(keyName, { format: "jwk" }),
      ]);
      expect(JSON.parse(own)).toEqual(JSON.parse(foreign));
    }
  });

  it("read the same configuration, and tell the same changes", async () => {
    const key = randomUUID();
    await redis.set(key, "blue||3");
    const [own, foreign] = await Promise.all([ours, theirs].map((mecha) => mecha.configuration("settings").get([key])));
    expect(own).toEqual(foreign);
    const told = await Promise.all(
      [ours, theirs].map(async (mecha) => {
        const subscription = await mecha.configuration("settings").subscribe([key]);
        const seen: string[] = [];
        const reading = (async () => {
          for await (const changes of subscription) {
            for (const [name, { value, version }] of changes) seen.push(`${name} ${value} ${version}`);
          }
        })();
        return { seen, close: () => subscription.close().then(() => reading) };
      }),
    );
    await eventually("both have told the change", async () => {
      // daprd says that it is subscribed before it is, so one write may be missed.
      await redis.set(key, "green||4");
      return told.every(({ seen }) => seen.includes(`${key} green 4`));
    });
    await Promise.all(told.map(({ close }) => close()));
  });

  it("give the same secrets, nested, of several values, and of the environment", async () => {
    for (const store of ["nested", "multi"]) {
      const [own, foreign] = await Promise.all([ours.secrets(store).getAll(), theirs.secrets(store).getAll()]);
      expect(own).toEqual(foreign);
      expect(own.size).toBeGreaterThan(0);
    }
    const [own, foreign] = await Promise.all([ours.secrets("env").get("TOKEN"), theirs.secrets("env").get("TOKEN")]);
    expect([own, foreign]).toEqual([{ TOKEN: "t0ken" }, { TOKEN: "t0ken" }]);
  });

  it("refuse the same requests with the same status and words", async () => {
    const requests: readonly ((mecha: Mecha) => Promise<unknown>)[] = [
      (mecha) => mecha.lock("none").unlock("r", "o"),
      (mecha) => mecha.lock("locks").unlock("a||b", "o"),
      (mecha) => mecha.crypto("none").decrypt(Buffer.from("x")),
      (mecha) => mecha.crypto("keys").decrypt(Buffer.from("x")),
      (mecha) => mecha.crypto("keys").encrypt(Buffer.from("x"), { keyName: "none", keyWrapAlgorithm: "AES" }),
      (mecha) => mecha.crypto("keys").encrypt(Buffer.from("x"), { keyName: "suite-aes-128", keyWrapAlgorithm: "AES" }),
      (mecha) => mecha.crypto("keys").encrypt(Buffer.from("x"), { keyName: "k", keyWrapAlgorithm: "X" as "AES" }),
      (mecha) => mecha.subtleCrypto("keys").getKey("suite-aes"),
      (mecha) => mecha.subtleCrypto("keys").sign(Buffer.from("x"), { keyName: "suite-aes", algorithm: "ES256" }),
      (mecha) => mecha.conversation("none").converse([{ role: "user", content: "hi" }]),
      (mecha) => mecha.conversation("talk").converse([]),
    ];
    const failure = (mecha: Mecha, request: (mecha: Mecha) => Promise<unknown>) =>
      request(mecha).then(
        () => "no failure",
        (error: unknown) => {
          const { grpcStatus, message } = error as { readonly grpcStatus: number; readonly message: string };
          return `${String(grpcStatus)} ${message}`;
        },
      );
    for (const request of requests) expect(await failure(ours, request)).toBe(await failure(theirs, request));
  });
});
