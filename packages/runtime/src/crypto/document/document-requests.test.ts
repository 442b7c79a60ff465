import { expect, it } from "vitest";
import { readDocumentRequests } from "./document-requests.js";

interface Request {
  readonly options?: { readonly name: string } | undefined;
  readonly payload?: { readonly data: Buffer; readonly seq: bigint } | undefined;
}

const piece = (text: string, seq: bigint): Request => ({ payload: { data: Buffer.from(text), seq } });

async function textOf(...requests: readonly Request[]): Promise<string> {
  async function* stream(): AsyncGenerator<Request, void, undefined> {
    for (const request of requests) yield await Promise.resolve(request);
  }
  const { options, pieces } = await readDocumentRequests(stream());
  let text = options.name;
  for await (const data of pieces) text += ` ${data.toString()}`;
  return text;
}

const options = { name: "o" };

it("takes the first piece with the options or after them", async () => {
  expect(await textOf({ options })).toBe("o");
  expect(await textOf({ options, ...piece("a", 0n) }, piece("b", 1n))).toBe("o a b");
  expect(await textOf({ options }, piece("a", 0n), {}, piece("b", 1n))).toBe("o a b");
});

it("refuses a stream without options, with options again, and with a gap", async () => {
  await expect(textOf()).rejects.toMatchObject({ code: "INTERNAL", reason: "ERR_CRYPTO" });
  await expect(textOf(piece("a", 0n))).rejects.toMatchObject({ code: "INVALID_ARGUMENT", reason: "ERR_BAD_REQUEST" });
  await expect(textOf({ options }, { options })).rejects.toThrow("options found in non-leading message");
  await expect(textOf({ options }, piece("a", 0n), piece("b", 2n))).rejects.toThrow(
    "invalid sequence number received: 2 (expected: 1)",
  );
});
