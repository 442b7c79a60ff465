import { connect } from "node:net";

/** Sends one inline command over a connection of its own, so that no client library has a part in the count. */
export async function askRedis(address: string, command: string): Promise<string> {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  socket.setTimeout(5000, () => socket.destroy(new Error(`Redis at ${address} does not answer`)));
  socket.end(`${command}\r\nQUIT\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  if (answer.startsWith("-")) throw new Error(`Redis at ${address} refused ${command}: ${answer.slice(1).trim()}`);
  return answer;
}
