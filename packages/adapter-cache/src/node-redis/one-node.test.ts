import { once } from "node:events";
import { expect, it } from "vitest";
import { Topology } from "./one-node.js";

/** Sends commands through, has a server answer what comes out, and gives what the client hears, cut anyhow. */
async function exchange(commands: string, answer: (passed: string) => string, pieceBytes: number): Promise<string> {
  const topology = new Topology({ host: "tair.example", port: 7000 });
  topology.commands.end(commands);
  const passed = Buffer.concat((await topology.commands.toArray()) as Buffer[]).toString();
  const replies = Buffer.from(answer(passed));
  const heard = topology.replies.toArray();
  for (let at = 0; at < replies.length; at += pieceBytes) {
    if (!topology.replies.write(replies.subarray(at, at + pieceBytes))) await once(topology.replies, "drain");
  }
  topology.replies.end();
  return Buffer.concat((await heard) as Buffer[]).toString();
}

/** Answers as a server does to PING and ECHO. */
function server(passed: string): string {
  const words = [...passed.matchAll(/\*\d\r\n\$\d+\r\n(\w+)\r\n(?:(\$\d+\r\n[-\w]+\r\n))?/gu)];
  return words.map(([, name, argument]) => (name === "ECHO" ? (argument ?? "") : `+${name ?? ""}\r\n`)).join("");
}

const slots = "*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n";
const ping = "*1\r\n$4\r\nPING\r\n";
const master = "*3\r\n$8\r\nSENTINEL\r\n$6\r\nMASTER\r\n$6\r\norders\r\n";

it.each([1, 7, 1000])(
  "answers where nodes are in the place of the question, replies cut at %s bytes",
  async (piece) => {
    const heard = await exchange(ping + slots + ping + master, server, piece);
    const node = `*3\r\n$12\r\ntair.example\r\n:7000\r\n$40\r\n${"0".repeat(40)}\r\n`;
    expect(heard).toMatch(/^\+PING\r\n/u);
    expect(heard).toContain(`+PING\r\n*1\r\n*3\r\n:0\r\n:16383\r\n${node}+PING\r\n*8\r\n$4\r\nname`);
    expect(heard).toContain("$2\r\nip\r\n$12\r\ntair.example\r\n$4\r\nport\r\n$4\r\n7000\r\n");
  },
);

it("passes on what is no question", async () => {
  expect(await exchange(ping, server, 3)).toBe("+PING\r\n");
});
