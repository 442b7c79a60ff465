import { loadClient } from "./load-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** What the message probe is told. */
export interface MessagesInput {
  readonly nameServer: string;
  readonly topic: string;
  readonly bodyBytes: number;
  readonly load: Load;
}

async function main({ nameServer, topic, bodyBytes, load }: MessagesInput): Promise<void> {
  const { Message, Producer } = loadClient("ali-ons");
  const producer = new Producer({
    httpclient: loadClient("urllib"),
    nameSrv: nameServer,
    accessKey: "bench",
    secretKey: "bench",
    producerGroup: "GID_bench",
  });
  await producer.ready();
  const body = "x".repeat(bodyBytes);
  const send = async () => {
    const { sendStatus } = await producer.send(new Message(topic, "bench", body));
    if (sendStatus !== "SEND_OK") throw new Error(`a message was not stored: ${sendStatus}`);
  };
  say(await measureLoad(send, load));
}

void main(readInput());
