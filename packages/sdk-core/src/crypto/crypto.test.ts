import { expect, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import type { EncryptRequest, EncryptResponse } from "../generated/dapr/proto/runtime/v1/crypto.js";
import { collectBytes } from "./collect-bytes.js";
import type { Crypto } from "./crypto.js";

const aes = { keyName: "k", keyWrapAlgorithm: "A256KW" } as const;

/** A crypto component that answers a document as the test says; `sent` is what came. */
async function cryptoOn(
  answer: (requests: AsyncIterable<EncryptRequest>) => AsyncIterable<EncryptResponse>,
): Promise<{ readonly crypto: Crypto; readonly sent: EncryptRequest[] }> {
  const sent: EncryptRequest[] = [];
  async function* noted(requests: AsyncIterable<EncryptRequest>): AsyncGenerator<EncryptRequest, void, undefined> {
    for await (const request of requests) {
      sent.push(request);
      yield request;
    }
  }
  const sidecar = await testSidecar({ encryptAlpha1: (requests) => answer(noted(requests)) });
  return { crypto: sidecar.connect().crypto("keys"), sent };
}

async function* echo(requests: AsyncIterable<EncryptRequest>): AsyncGenerator<EncryptResponse, void, undefined> {
  for await (const { payload } of requests) if (payload !== undefined) yield { payload };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

it("sends the options alone and first, then pieces of 64 KiB with their numbers", async () => {
  const { crypto, sent } = await cryptoOn(echo);
  const document = Buffer.alloc(200_000, "x");
  expect(Buffer.compare(await crypto.encrypt(document, { ...aes, cipher: "chacha20-poly1305" }), document)).toBe(0);
  expect(sent[0]).toMatchObject({
    options: {
      componentName: "keys",
      keyName: "k",
      keyWrapAlgorithm: "A256KW",
      dataEncryptionCipher: "chacha20-poly1305",
    },
    payload: undefined,
  });
  const payloads = sent.slice(1).map(({ options, payload }) => [options, payload?.seq, payload?.data.length]);
  expect(payloads).toEqual([
    [undefined, 0n, 65_536],
    [undefined, 1n, 65_536],
    [undefined, 2n, 65_536],
    [undefined, 3n, 3_392],
  ]);
});

it("gathers the small pieces of a source", async () => {
  const { crypto, sent } = await cryptoOn(echo);
  const encrypted = await crypto.encrypt(pieces("a", "", "bc", "d"), aes);
  expect(Buffer.from(encrypted).toString()).toBe("abcd");
  expect(sent).toHaveLength(2);
});

it("fails as its source does", async () => {
  const { crypto } = await cryptoOn(echo);
  async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
    yield await Promise.resolve(Buffer.from("a"));
    throw new Error("disk on fire");
  }
  await expect(crypto.encrypt(broken(), aes)).rejects.toThrow(/reading the document: disk on fire/);
  const noBytes = pieces("a") as unknown as AsyncIterable<Uint8Array>;
  async function* texts(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of noBytes) yield piece.toString() as unknown as Uint8Array;
  }
  await expect(crypto.encrypt(texts(), aes)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

it.each([
  ["a piece that is missing", [0n, 2n]],
  ["a piece that came twice", [0n, 0n]],
  ["no piece at all", []],
])("takes %s for a loss", async (_, numbers) => {
  const { crypto } = await cryptoOn(async function* () {
    for (const seq of numbers) yield await Promise.resolve({ payload: { data: Buffer.from("x"), seq } });
  });
  await expect(crypto.encrypt(Buffer.from("plain"), aes)).rejects.toMatchObject({
    code: "DATA_LOSS",
    component: "keys",
  });
});

it("takes a reply without bytes for a loss", async () => {
  const { crypto } = await cryptoOn(async function* () {
    yield await Promise.resolve({ payload: undefined });
  });
  await expect(crypto.encrypt(Buffer.from("plain"), aes)).rejects.toMatchObject({ code: "DATA_LOSS" });
});

it("ends the call when the result is no longer wanted, and stops reading the source", async () => {
  const { crypto } = await cryptoOn(echo);
  let stopped: (() => void) | undefined;
  const hasStopped = new Promise<void>((resolve) => (stopped = resolve));
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) yield await Promise.resolve(Buffer.alloc(70_000));
    } finally {
      stopped?.();
    }
  }
  for await (const piece of crypto.encryptStream(endless(), aes)) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  await hasStopped;
});

it("ends with CANCELLED when its signal aborts", async () => {
  const { crypto } = await cryptoOn(echo);
  const cancel = new AbortController();
  async function* waiting(): AsyncGenerator<Uint8Array, void, undefined> {
    yield await Promise.resolve(Buffer.from("a"));
    cancel.abort();
    await new Promise(() => undefined);
  }
  const stream = crypto.encryptStream(waiting(), { ...aes, signal: cancel.signal });
  await expect(collectBytes(stream)).rejects.toMatchObject({ code: "CANCELLED" });
});
