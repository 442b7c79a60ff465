import { describe, expect, it } from "vitest";
import { writeCloudEvent } from "./cloud-event.js";
import type { CloudEventAttributes } from "./publish-options.js";

const json = { bytes: Buffer.from('{"sum":1.50}'), contentType: "application/json" };

function written(attributes: CloudEventAttributes, data: Parameters<typeof writeCloudEvent>[1] = json): unknown {
  return JSON.parse(writeCloudEvent(attributes, data, "app").toString());
}

describe("a CloudEvent with what its publisher says of it", () => {
  it("has what was said, and what every CloudEvent must have", () => {
    const attributes: CloudEventAttributes = {
      ...{ id: "1", type: "order.paid", source: "till", subject: "42", dataSchema: "urn:order" },
      time: new Date(0),
      traceParent: "00-a-b-01",
      traceState: "a=b",
      extensions: { region: "north", weight: 3 },
    };
    expect(written(attributes)).toEqual({
      ...{ id: "1", type: "order.paid", source: "till", subject: "42", dataschema: "urn:order", specversion: "1.0" },
      ...{ time: "1970-01-01T00:00:00.000Z", traceid: "00-a-b-01", traceparent: "00-a-b-01", tracestate: "a=b" },
      ...{ region: "north", weight: 3, datacontenttype: "application/json", data: { sum: 1.5 } },
    });
    expect(written({})).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), source: "app" });
  });

  it("keeps JSON as it was written, texts as texts and bytes as Base64", () => {
    expect(writeCloudEvent({}, json, "app").toString()).toContain('"data":{"sum":1.50}}');
    expect(written({}, { bytes: Buffer.from('say "hi"'), contentType: "text/plain" })).toMatchObject({
      data: 'say "hi"',
    });
    expect(written({}, { bytes: Buffer.of(0, 255), contentType: "image/png" })).toMatchObject({ data_base64: "AP8=" });
  });

  it.each([
    [{ id: "" }, "id is empty"],
    [{ time: "soon" }, 'time is "soon"'],
    [{ time: new Date(Number.NaN) }, "which is none"],
    [{ extensions: { topic: "mine" } }, '"topic" is no name of an extension'],
    [{ extensions: { "my-name": "x" } }, '"my-name" has more than a-z and 0-9'],
  ])("refuses %o", (attributes, message) => {
    expect(() => writeCloudEvent(attributes, json, "app")).toThrow(message);
  });

  it("refuses bytes that are no JSON but are said to be", () => {
    expect(() => writeCloudEvent({}, { ...json, bytes: Buffer.from("{") }, "app")).toThrow("no JSON");
  });
});
