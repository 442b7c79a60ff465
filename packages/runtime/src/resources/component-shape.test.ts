import { array, assert, boolean, constant, constantFrom, option, oneof, property, record, string } from "fast-check";
import { it } from "vitest";
import { componentSchema } from "./component-schema.js";
import { isComponentShape } from "./component-shape.js";

const odd = oneof(string({ maxLength: 2 }), boolean(), constantFrom(null, undefined, 0, "", [], {}));
const or = <T>(good: T) => oneof({ weight: 6, arbitrary: constant(good) }, odd);
const secretKeyRef = record({ name: or("secret"), key: or("key") }, { requiredKeys: [] });
const setting = record(
  { name: or("redisHost"), value: odd, secretKeyRef: oneof(secretKeyRef, odd), envRef: or("HOST") },
  { requiredKeys: ["name"] },
);
const spec = record(
  {
    type: or("state.redis"),
    version: or("v1"),
    ignoreErrors: or(true),
    initTimeout: or("5s"),
    metadata: oneof(
      { weight: 4, arbitrary: array(oneof({ weight: 6, arbitrary: setting }, odd), { maxLength: 2 }) },
      odd,
    ),
  },
  { requiredKeys: ["type"] },
);
const document = record(
  {
    metadata: oneof({ weight: 6, arbitrary: record({ name: or("orders") }) }, odd),
    spec: oneof({ weight: 8, arbitrary: spec }, odd),
    auth: option(oneof(record({ secretStore: or("vault") }, { requiredKeys: [] }), odd)),
  },
  { requiredKeys: ["metadata", "spec"] },
);

it("takes the documents that the schema takes, and no others", () => {
  let taken = 0;
  assert(
    property(oneof({ weight: 20, arbitrary: document }, odd), (value) => {
      const isGood = isComponentShape(value);
      if (isGood) taken++;
      return isGood === componentSchema.safeParse(value).success;
    }),
    { numRuns: 3_000, seed: 5 },
  );
  if (taken < 100) throw new Error(`only ${String(taken)} were taken`);
});
