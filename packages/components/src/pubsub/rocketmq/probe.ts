import { connect, type Socket } from "node:net";
import { type ComponentContext, MechaError } from "@mecha/spec";

/** RocketMQ's request for the brokers of a cluster, in its remoting protocol. */
const getBrokerClusterInfo = 106;

/**
 * Looks whether a name server answers and a broker that it knows takes connections.
 *
 * @throws UNAVAILABLE that names component and address
 */
export async function probeRocketmq(
  context: ComponentContext,
  nameServers: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const unavailable = (what: string, cause: unknown) =>
    new MechaError(
      "UNAVAILABLE",
      `Component "${context.name}" (${context.type}): ${what}: ${cause instanceof Error ? cause.message : String(cause)}; start RocketMQ or correct nameServer`,
      { cause, component: context.name, operation: "component.create" },
    );
  let brokers: readonly string[];
  try {
    brokers = await Promise.any(nameServers.map((address) => askForBrokers(address, timeoutMs)));
  } catch (error) {
    const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
    throw unavailable(`no name server answers at ${nameServers.join(", ")}`, cause);
  }
  if (brokers.length === 0)
    throw unavailable(`the name server at ${nameServers.join(", ")} knows no broker`, "none is registered");
  try {
    await Promise.any(brokers.map((address) => withSocket(address, timeoutMs, (_socket, done) => done(undefined))));
  } catch (error) {
    const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
    throw unavailable(`no broker answers at ${brokers.join(", ")}`, cause);
  }
}

function askForBrokers(address: string, timeoutMs: number): Promise<readonly string[]> {
  return withSocket<readonly string[]>(address, timeoutMs, (socket, done) => {
    const header = Buffer.from(
      JSON.stringify({ code: getBrokerClusterInfo, language: "OTHER", version: 0, opaque: 1, flag: 0 }),
    );
    const lengths = Buffer.alloc(8);
    lengths.writeInt32BE(4 + header.length, 0);
    lengths.writeInt32BE(header.length, 4);
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 8 || received.length < 4 + received.readInt32BE(0)) return;
      // The upper byte says how the header is written.
      const bodyAt = 8 + (received.readInt32BE(4) & 0xff_ff_ff);
      done(addressesIn(received.subarray(bodyAt, 4 + received.readInt32BE(0)).toString()));
    });
    socket.write(Buffer.concat([lengths, header]));
  });
}

/** The answer is JSON but for broker ids, which are bare numbers as keys. */
function addressesIn(body: string): readonly string[] {
  return [...body.matchAll(/"([^"\s]+:\d+)"/g)].map(([, address = ""]) => address);
}

function withSocket<T>(
  address: string,
  timeoutMs: number,
  use: (socket: Socket, done: (value: T) => void) => void,
): Promise<T> {
  const colon = address.lastIndexOf(":");
  return new Promise<T>((resolve, reject) => {
    const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer from ${address} within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error(`${address} closed the connection`));
    });
    socket.once("connect", () => {
      use(socket, (value) => {
        resolve(value);
        socket.destroy();
      });
    });
  });
}
