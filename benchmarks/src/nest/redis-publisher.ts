import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What is published. */
interface Flood {
  readonly channel: string;
  readonly message: string;
  readonly count: number;
}

const patienceMs = 60_000;
const pollMs = 20;
const messagesPerWrite = 100;

/** Publishes as fast as Redis takes it, once there is a subscriber. */
export async function floodSubscribers(port: number, { channel, message, count }: Flood): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    // Else Redis would cut off a subscriber that is behind.
    await ask(socket, command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0"));
    await waitForSubscriber(socket, channel);
    const publish = command("PUBLISH", channel, message);
    for (let sent = 0; sent < count; sent += messagesPerWrite) {
      const batch = publish.repeat(Math.min(messagesPerWrite, count - sent));
      await ask(socket, batch);
    }
    const closed = once(socket, "close");
    socket.resume().end(command("QUIT"));
    await closed;
  } finally {
    socket.destroy();
  }
}

async function waitForSubscriber(socket: Socket, channel: string): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!/:[1-9]/u.test(await ask(socket, command("PUBSUB", "NUMSUB", channel)))) {
    if (performance.now() > end) throw new Error(`nobody subscribed to ${channel} in ${patienceMs / 1000} s`);
    await delay(pollMs);
  }
}

/** Sends commands and gives the beginning of what comes back. */
async function ask(socket: Socket, commands: string): Promise<string> {
  socket.write(commands);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString("latin1");
}

/** A command as Redis reads it. */
function command(...words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}
