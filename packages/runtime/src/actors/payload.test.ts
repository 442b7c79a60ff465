import { describe, expect, it } from "vitest";
import { BytesValue } from "./bytes-value.js";
import { jsonPayloadHeader } from "../doors/json-payload.js";
import { payloadJson, toPayload } from "./payload.js";

describe("the payload of timers and reminders", () => {
  it("is a JSON string of base64 in a message of bytes, as daprd keeps it", () => {
    const payload = toPayload(Buffer.from('{"n":1}'), {});
    expect(payload?.typeUrl).toBe("type.googleapis.com/google.protobuf.BytesValue");
    expect(Buffer.from(payloadJson(payload)).toString()).toBe('"eyJuIjoxfQ=="');
    // Field 1 with a length, then the bytes: what protobuf writes.
    expect(payload?.value.subarray(0, 2)).toEqual(Buffer.from([0x0a, 14]));
  });

  it("is JSON as it is where it came as JSON, and nothing where there was none", () => {
    const json = toPayload(Buffer.from("[1]"), { [jsonPayloadHeader]: "true" });
    expect(Buffer.from(payloadJson(json)).toString()).toBe("[1]");
    expect(toPayload(Buffer.alloc(0), {})).toBeUndefined();
    expect(payloadJson(undefined)).toHaveLength(0);
    expect(payloadJson({ typeUrl: "other", value: Buffer.from("x") }).toString()).toBe(Buffer.from("x").toString());
  });

  it("may have any length", () => {
    for (const length of [0, 1, 127, 128, 16_383, 16_384, 3_000_000]) {
      const bytes = Buffer.alloc(length, 7);
      expect(Buffer.compare(BytesValue.decode(BytesValue.encode(bytes)), bytes)).toBe(0);
    }
    expect(BytesValue.decode(Buffer.from([0x0a, 0xff]))).toHaveLength(0);
  });
});
