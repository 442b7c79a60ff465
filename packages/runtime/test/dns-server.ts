import { createSocket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const types = { a: 1, srv: 33, aaaa: 28 };

/** What a DNS server of a test knows. */
export interface Zone {
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly services?: Readonly<Record<string, readonly { readonly port: number; readonly target: string }[]>>;
}

/** Starts a DNS server on a port of 127.0.0.1, which answers A and SRV; gives its address. */
export async function startDnsServer(zone: Zone): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => socket.send(answerTo(query, zone), port, address));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${String(socket.address().port)}`;
}

function answerTo(query: Buffer, { addresses, services = {} }: Zone): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  const question = query.subarray(12, at + 5);
  const name = labels.join(".").toLowerCase();
  const type = query.readUInt16BE(at + 1);
  const data =
    type === types.a
      ? (addresses[name] ?? []).map((address) => Buffer.from(address.split(".").map(Number)))
      : type === types.srv
        ? (services[name] ?? []).map(({ port, target }) => Buffer.concat([words(0, 0, port), encodeName(target)]))
        : [];
  const records = data.map((bytes) => Buffer.concat([words(0xc00c, type, 1, 0, 0, bytes.length), bytes]));
  const isKnown = Object.hasOwn(addresses, name) || Object.hasOwn(services, name);
  // An answer, with recursion; 3 says that there is no such name.
  const header = words(query.readUInt16BE(0), 0x8180 | (isKnown ? 0 : 3), 1, records.length, 0, 0);
  return Buffer.concat([header, question, ...records]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}
