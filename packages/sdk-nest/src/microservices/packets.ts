import { MechaError } from "@mecha/sdk-core";
import type { WritePacket } from "@nestjs/microservices";

/** Header by which a client asks for packets; any other caller gets the plain value. */
export const packetsHeader = "mecha-packets";

/** Media type of replies in packets: a line of JSON for each. */
export const packetsType = "application/x-mecha-packets";

/** A packet as it is sent; the last one of a reply has an error, or is disposed of. */
export type Packet = Pick<WritePacket, "err" | "response" | "isDisposed">;

/** Writes a packet. An `Error` would leave nothing but braces. */
export function writePacket(packet: Packet): Buffer {
  const { err } = packet as { readonly err?: unknown };
  const sent = err instanceof Error ? { ...packet, err: { status: "error", message: err.message } } : packet;
  return Buffer.from(`${JSON.stringify(sent)}\n`, "utf8");
}

/** Reads packets as they arrive; fails if the last one is missing. */
export async function* readPackets(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Packet, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const packet = readPacket(line);
      yield packet;
      if (packet.isDisposed === true || packet.err !== undefined) return;
    }
  }
  throw new MechaError("DATA_LOSS", "The reply ended before its last packet", { operation: "nest.send" });
}

function readPacket(line: string): Packet {
  try {
    return JSON.parse(line) as Packet;
  } catch (cause) {
    throw new MechaError("DATA_LOSS", "The reply is none of MechaServer: a packet is no JSON", {
      cause,
      operation: "nest.send",
    });
  }
}
