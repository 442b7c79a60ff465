import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  type Registry,
  ScalarType,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { body, metadataKey, nastyText } from "./nasty.js";

/** How deep messages within messages go. */
const maxDepth = 3;
const descriptors = join(import.meta.dirname, "../../../sdk-core/src/generated/descriptors.binpb");

type Bytes = fc.Arbitrary<Buffer>;

/** An RPC of Dapr, and random requests for it. */
export interface RpcArbitrary {
  readonly path: string;
  readonly isStream: boolean;
  /** The request, encoded: any of the fields that the message has, in any number, with any value. */
  readonly request: Bytes;
}

/** Every RPC of the Dapr service; the one that ends the runtime is left out. */
export function rpcArbitraries(): readonly RpcArbitrary[] {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
  const service = registry.getService("dapr.proto.runtime.v1.Dapr");
  if (service === undefined) throw new Error("the descriptors have no Dapr service");
  return service.methods
    .filter(({ name }) => name !== "Shutdown")
    .map(({ name, input, methodKind }) => ({
      path: `/${service.typeName}/${name}`,
      isStream: methodKind !== "unary",
      request: new MessageArbitraries(registry, componentsOf(name)).of(input, 0),
    }));
}

/** Of what kind the component is that an RPC is about, by the RPC's name. */
const componentsByRpc: readonly (readonly [RegExp, readonly string[]])[] = [
  [/State/u, ["store"]],
  [/Publish|Topic/u, ["events"]],
  [/Binding/u, ["files"]],
  [/Secret/u, ["vault"]],
  [/Configuration/u, ["settings"]],
  [/Lock/u, ["locks"]],
  [/crypt|Subtle/u, ["keys", "keyfiles"]],
  [/Converse/u, ["talk"]],
];

/** The components of a runtime that is fuzzed which an RPC can do anything with. */
function componentsOf(rpc: string): readonly string[] {
  return componentsByRpc.find(([names]) => names.test(rpc))?.[1] ?? ["store", "events", "files"];
}

class MessageArbitraries {
  readonly #registry: Registry;
  readonly #components: readonly string[];
  readonly #known = new Map<string, Bytes>();

  constructor(registry: Registry, components: readonly string[]) {
    this.#registry = registry;
    this.#components = components;
  }

  of(message: DescMessage, depth: number): Bytes {
    const key = `${message.typeName} ${String(depth)}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const fields = message.fields.map((field) => this.#field(field, depth));
      known =
        fields.length === 0 ? fc.constant(Buffer.alloc(0)) : fc.tuple(...fields).map((parts) => Buffer.concat(parts));
      this.#known.set(key, known);
    }
    return known;
  }

  /** A field as often as it may stand there, its tag before each. */
  #field(field: DescField, depth: number): Bytes {
    const once = this.#value(field, depth);
    if (once === undefined) return fc.constant(Buffer.alloc(0));
    const several = field.fieldKind === "list" || field.fieldKind === "map";
    if (several) return fc.array(once, { maxLength: 3 }).map((parts) => Buffer.concat(parts));
    return fc.option(once, { freq: depth === 0 ? 6 : 2, nil: Buffer.alloc(0) });
  }

  #value(field: DescField, depth: number): Bytes | undefined {
    switch (field.fieldKind) {
      case "map": {
        const key = delimited(1, metadataKey.map(utf8));
        const value =
          field.mapKind === "message"
            ? wrapped(2, this.#message(field.message, depth))
            : withTag(2, this.#scalar(field, field.scalar));
        if (value === undefined) return undefined;
        return delimited(
          field.number,
          fc.tuple(key, value).map((parts) => Buffer.concat(parts)),
        );
      }
      case "message":
        return wrapped(field.number, this.#message(field.message, depth));
      case "list":
        if (field.listKind === "message") return wrapped(field.number, this.#message(field.message, depth));
        return withTag(field.number, this.#scalar(field, field.scalar));
      default:
        return withTag(field.number, this.#scalar(field, field.scalar));
    }
  }

  #scalar(field: DescField, scalar: ScalarType | undefined): Value {
    return scalarOf(field, scalar, this.#components);
  }

  #message(message: DescMessage, depth: number): Bytes | undefined {
    if (depth >= maxDepth) return undefined;
    // Structures that hold themselves can be deeper than a stack.
    const recursive = message.typeName === "google.protobuf.Value" || message.typeName === "google.protobuf.Struct";
    const usual = this.of(this.#registry.getMessage(message.typeName) ?? message, depth + 1);
    return recursive
      ? fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(deepValue) })
      : usual;
  }
}

interface Value {
  readonly wireType: 0 | 1 | 2 | 5;
  readonly bytes: Bytes;
}

/** Values of a field that holds no message; enums are numbers. */
function scalarOf(field: DescField, scalar: ScalarType | undefined, components: readonly string[]): Value {
  switch (scalar) {
    case ScalarType.STRING:
      return { wireType: 2, bytes: textOf(field.name, components).map(utf8) };
    case ScalarType.BYTES:
      return { wireType: 2, bytes: body.map((bytes) => Buffer.from(bytes)) };
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return { wireType: 1, bytes: fixed(8) };
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return { wireType: 5, bytes: fixed(4) };
    default:
      return { wireType: 0, bytes: numbers.map(varint) };
  }
}

const storeFields = /^(?:store_name|storeName|pubsub_name|component_name|component|name|store)$/;
const keyFields = /^(?:key|keys|key_name|actor_id|topic|resource_id|lock_owner|id)$/;

const algorithms = ["A256GCM", "A256KW", "ES256", "A256CBC-HS512"];
const times = ["1h", "2500-01-01T00:00:00Z", "R5/PT1H", "@every 1h", "0 0 1 1 * *"];

/** What is asked for in fields of these names. */
const usualValues: Readonly<Record<string, readonly string[]>> = {
  actor_type: ["Actor"],
  algorithm: algorithms,
  due_time: times,
  key_wrap_algorithm: algorithms,
  operation: ["create", "get", "delete", "list"],
  operationType: ["upsert", "delete"],
  period: times,
  schedule: times,
};

/** Names that exist are met more often where a request says what it is for: else nothing would get past the first check. */
function textOf(fieldName: string, components: readonly string[]): fc.Arbitrary<string> {
  if (storeFields.test(fieldName)) return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...components) }, nastyText);
  if (keyFields.test(fieldName))
    return fc.oneof(fc.constantFrom("order", "cart", "symmetric", "elliptic", "password", "fuzzed"), nastyText);
  const usual = usualValues[fieldName];
  return usual === undefined ? nastyText : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...usual) }, nastyText);
}

const numbers = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    2n,
    3n,
    127n,
    128n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 53n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
  fc.nat(1000).map(BigInt),
);

function fixed(length: 4 | 8): Bytes {
  return fc
    .oneof(
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.constantFrom(0, 0xff, 0x7f).map((byte) => new Uint8Array(length).fill(byte)),
    )
    .map((bytes) => Buffer.from(bytes));
}

function withTag(number: number, { wireType, bytes }: Value): Bytes {
  if (wireType === 2) return delimited(number, bytes);
  const tag = varint(BigInt(number * 8 + wireType));
  return bytes.map((value) => Buffer.concat([tag, value]));
}

function wrapped(number: number, message: Bytes | undefined): Bytes | undefined {
  return message === undefined ? undefined : delimited(number, message);
}

function delimited(number: number, content: Bytes): Bytes {
  const tag = varint(BigInt(number * 8 + 2));
  return content.map((bytes) => Buffer.concat([tag, varint(BigInt(bytes.length)), bytes]));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const byte = Number(rest & 0x7fn);
    if (rest < 0x80n) {
      bytes.push(byte);
      return Buffer.from(bytes);
    }
    bytes.push(byte | 0x80);
  }
}

function utf8(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

/** A list in a list in a list, 3000 deep, as google.protobuf.Value. */
const deepValue = ((): Buffer => {
  let value = Buffer.alloc(0);
  for (let level = 0; level < 3000; level++) {
    const list = Buffer.concat([Buffer.from([0x0a]), varint(BigInt(value.length)), value]);
    value = Buffer.concat([Buffer.from([0x32]), varint(BigInt(list.length)), list]);
  }
  return value;
})();
