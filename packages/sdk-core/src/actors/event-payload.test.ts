import { expect, it } from "vitest";
import { decodePayload, encodePayload, payloadBytes } from "./event-payload.js";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** What daprd makes of the bytes of a registration over gRPC. */
const kept = (bytes: Buffer): Buffer => json(bytes.toString("base64"));

it.each([{ a: [1, null] }, "text", "", 0, false, null, ["ä"]])("gives back %j as it was registered", (value) => {
  expect(decodePayload(kept(encodePayload(value, "The data")))).toEqual(value);
});

it("gives nothing for a registration without a payload", () => {
  expect(decodePayload(kept(encodePayload(undefined, "The data")))).toBeUndefined();
  expect(decodePayload(Buffer.alloc(0))).toBeUndefined();
  expect(payloadBytes(undefined)).toHaveLength(0);
});

it("takes what was registered over HTTP as it was", () => {
  expect(decodePayload(json({ a: 1 }))).toEqual({ a: 1 });
  expect(decodePayload(json("not base64!"))).toBe("not base64!");
});

it("unwraps the message in which daprd sends it", () => {
  const value = Buffer.concat([Buffer.of(0x0a, 4), Buffer.from("true")]);
  const data = { typeUrl: "type.googleapis.com/google.protobuf.BytesValue", value };
  expect(Buffer.from(payloadBytes(data)).toString()).toBe("true");
  expect(payloadBytes({ typeUrl: "other", value })).toBe(value);
});

it("refuses bytes, which would come back as a string", () => {
  expect(() => encodePayload(Buffer.of(1), "The data of the timer")).toThrow("The data of the timer is bytes");
});
