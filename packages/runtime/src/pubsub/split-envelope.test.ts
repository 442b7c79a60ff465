import { expect, test } from "vitest";
import { splitEnvelope } from "./split-envelope.js";

function split(text: string): ReturnType<typeof splitEnvelope> {
  return splitEnvelope(Buffer.from(text));
}

const type = '"datacontenttype":"application/json"';

test("data is found where this runtime and where daprd write it, as it was written", () => {
  const written = '{"id":12345678901234567890,"price":1.10}';
  const last = split(`{"id":"1",${type},"data":${written}}`);
  const first = split(`{"data":${written},${type},"id":"1"}`);
  for (const envelope of [last, first]) {
    expect(envelope?.attributes).toEqual({ id: "1", datacontenttype: "application/json" });
    expect(envelope?.data).toEqual(JSON.parse(written));
    expect(envelope?.bytes.toString()).toBe(written);
  }
});

test("bytes are found behind and before characters of several bytes, and such as are none", () => {
  for (const name of ["\u00e9", "\u{1f389}", "\ufffd"]) {
    expect(split(`{"subject":"${name}","data":["${name}"]}`)?.bytes.toString()).toBe(`["${name}"]`);
    expect(split(`{"data":["${name}"],${type},"subject":"${name}"}`)?.bytes.toString()).toBe(`["${name}"]`);
  }
  const broken = Buffer.from('{"subject":"?","data":"!"}');
  broken[broken.indexOf("?")] = 0xff;
  broken[broken.indexOf("!")] = 0xfe;
  expect([...(splitEnvelope(broken)?.bytes ?? [])]).toEqual([0x22, 0xfe, 0x22]);
});

test.each([
  ['{"extension":{"a":1,"data":2},"data":3}', "inside of another member"],
  [`{"data":1,${type},"extension":{"a":1,"datacontenttype":"x"}}`, "before one like that which follows it"],
  [`{"data":1,"more":2,${type}}`, "with another behind it"],
  [`{"data":1,${type},"data":2}`, "there twice"],
  ['{"data":1,"id":"2"}', "without a type"],
  ['{"id":"1"}', "not there"],
  ['{"id":"1","data":}', "empty"],
  ['["id","data":1}', "no member of an object"],
  ['{"id":"1","data":1} ', "followed by more"],
  ["", "not there at all"],
])("%s is left to be read as a whole: its data is %s", (text) => {
  expect(split(text)).toBeUndefined();
});

test("data that has members of the same names is not taken apart", () => {
  const data = { data: { data: 1, datacontenttype: "a" }, datacontenttype: ',"data":' };
  expect(split(`{"id":"1","data":${JSON.stringify(data)}}`)?.data).toEqual(data);
  expect(split(`{"data":${JSON.stringify(data)},${type}}`)?.data).toEqual(data);
});

test("a text with the name in it is no member", () => {
  const envelope = { subject: ',"data":1', data: ',"datacontenttype":' };
  const found = split(JSON.stringify(envelope));
  expect({ ...found?.attributes, data: found?.data }).toEqual(envelope);
});
