import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType } from "@mecha/sdk-core/protocol";

/** What a component is configured with: `OutputBindingInitRequest`, whose one field holds `MetadataRequest`. */
export interface InitRequest {
  readonly properties: Readonly<Record<string, string>>;
}

/** `InvokeRequest` of an output binding. */
export interface InvokeRequest {
  readonly data: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly operation: string;
}

/** `InvokeResponse` of an output binding. */
export interface InvokeResponse {
  readonly data: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `ListOperationsResponse` of an output binding. */
export interface ListOperationsResponse {
  readonly operations: readonly string[];
}

/** A message without fields that matter. */
export type NoFields = Readonly<Record<string, never>>;

/** Reads a field, named by its number; false if it is none that counts. */
type ReadField = (field: number, reader: BinaryReader) => boolean;

/** Calls back for every field of a message, and skips what is not read. */
export function readFields(bytes: Uint8Array, readField: ReadField): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!readField(field, reader)) reader.skip(wireType, field);
  }
}

function readEntry(bytes: Uint8Array, into: Record<string, string>): true {
  let [key, value] = ["", ""];
  readFields(bytes, (field, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    return field === 1 || field === 2;
  });
  // Names that objects have of themselves must not get in between.
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  return true;
}

function writeEntries(writer: BinaryWriter, tag: number, entries: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(entries)) {
    writer.uint32(tag).fork();
    writer.uint32(10).string(key).uint32(18).string(value);
    writer.join();
  }
}

/** Fills in what a message type needs besides; nothing here builds messages of parts. */
function messageType<T>(
  encode: (message: T, writer: BinaryWriter) => void,
  decode: (bytes: Uint8Array) => T,
): MessageType<T> {
  return {
    encode(message) {
      const writer = new BinaryWriter();
      encode(message, writer);
      return writer;
    },
    decode,
    fromPartial: (partial) => partial,
  };
}

/** How messages of `dapr.proto.components.v1` are written that have no fields, or none that count here. */
export const noFields: MessageType<NoFields> = messageType<NoFields>(
  () => undefined,
  () => ({}),
);

/** `dapr.proto.components.v1.OutputBindingInitRequest`. */
export const initRequest: MessageType<InitRequest> = messageType<InitRequest>(
  ({ properties }, writer) => {
    writer.uint32(10).fork();
    writeEntries(writer, 10, properties);
    writer.join();
  },
  (bytes) => {
    const properties: Record<string, string> = {};
    readFields(bytes, (field, reader) => {
      if (field !== 1) return false;
      readFields(reader.bytes(), (inner, entry) => inner === 1 && readEntry(entry.bytes(), properties));
      return true;
    });
    return { properties };
  },
);

/** `dapr.proto.components.v1.InvokeRequest`. */
export const invokeRequest: MessageType<InvokeRequest> = messageType<InvokeRequest>(
  ({ data, metadata, operation }, writer) => {
    writer.uint32(10).bytes(data);
    writeEntries(writer, 18, metadata);
    writer.uint32(26).string(operation);
  },
  (bytes) => {
    const metadata: Record<string, string> = {};
    let data: Uint8Array = new Uint8Array();
    let operation = "";
    readFields(bytes, (field, reader) => {
      if (field === 1) data = reader.bytes();
      else if (field === 2) return readEntry(reader.bytes(), metadata);
      else if (field === 3) operation = reader.string();
      else return false;
      return true;
    });
    return { data, metadata, operation };
  },
);

/** `dapr.proto.components.v1.InvokeResponse`. */
export const invokeResponse: MessageType<InvokeResponse> = messageType<InvokeResponse>(
  ({ data, metadata }, writer) => {
    if (data.length > 0) writer.uint32(10).bytes(data);
    writeEntries(writer, 18, metadata);
  },
  (bytes) => {
    const { data, metadata } = invokeRequest.decode(bytes);
    return { data, metadata };
  },
);

/** `dapr.proto.components.v1.ListOperationsResponse`. */
export const listOperationsResponse: MessageType<ListOperationsResponse> = messageType<ListOperationsResponse>(
  ({ operations }, writer) => {
    for (const operation of operations) writer.uint32(10).string(operation);
  },
  (bytes) => {
    const operations: string[] = [];
    readFields(bytes, (field, reader) => {
      if (field === 1) operations.push(reader.string());
      return field === 1;
    });
    return { operations };
  },
);
