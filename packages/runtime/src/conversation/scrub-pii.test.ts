import { expect, it } from "vitest";
import { scrubPii } from "./scrub-pii.js";

it.each([
  ["write to ann.b+c@mail.example.com!", "write to <EMAIL_ADDRESS>!"],
  ["call +1 (212) 555-0123 now", "call <PHONE_NUMBER> now"],
  ["card 4111 1111 1111 1111", "card <CREDIT_CARD>"],
  ["ssn 123-45-6789", "ssn <US_SSN>"],
  ["from 192.168.1.20 and fe80:0:0:0:1:2:3:4", "from <IP> and <IP>"],
  ["mac 00:1A:2b:3c:4d:5e", "mac <MAC_ADDRESS>"],
  ["pay DE89370400440532013000", "pay <IBAN>"],
  ["at 221 Baker Street, P.O. Box 12", "at <STREET_ADDRESS>, <PO_BOX>"],
  ["zip 94103-1234", "zip <ZIP_CODE>"],
])("takes out of %j what identifies persons", (text, scrubbed) => {
  expect(scrubPii(text)).toBe(scrubbed);
});

it.each([[""], ["The answer is 42, or 7."], ["see https://example.com/users/4111111111111111?mail=a@b.com"]])(
  "leaves %j as it is",
  (text) => {
    expect(scrubPii(text)).toBe(text);
  },
);

it("takes time in proportion to the text, whatever is in it", () => {
  const hostile = [
    "1 a ".repeat(20_000),
    "1-".repeat(40_000),
    "a".repeat(80_000),
    "a@".repeat(40_000),
    "1:".repeat(40_000),
  ];
  const begun = process.cpuUsage();
  for (const text of hostile) scrubPii(text);
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(5_000);
});
