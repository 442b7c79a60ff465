import { callRemoting, failedCall } from "./rocketmq-remoting.js";

const getRouteInfoByTopic = 105;
const topicNotExist = 17;
const masterId = "0";

interface RouteData {
  readonly brokerDatas: readonly {
    readonly brokerName: string;
    readonly brokerAddrs: Readonly<Record<string, string>>;
  }[];
  readonly queueDatas: readonly { readonly brokerName: string; readonly writeQueueNums: number }[];
}

/** Where a queue of a topic is. */
export interface QueueAddress {
  /** The broker's name. */
  readonly broker: string;
  /** The broker's `host:port`. */
  readonly address: string;
  readonly queue: number;
}

/** The queues of a topic as the name server knows them, or undefined when it has no route to it. */
export async function routeOf(nameServer: string, topic: string): Promise<readonly QueueAddress[] | undefined> {
  // Without this field the body is no JSON: its broker ids are numbers without quotes.
  const fields = { topic, acceptStandardJsonOnly: "true" };
  const response = await callRemoting(nameServer, { code: getRouteInfoByTopic, fields });
  if (response.code === topicNotExist) return undefined;
  if (response.code !== 0) throw failedCall(`asking for the route of ${topic}`, response);
  const route = JSON.parse(response.body.toString()) as RouteData;
  const addresses = new Map(route.brokerDatas.map((broker) => [broker.brokerName, broker.brokerAddrs[masterId]]));
  return route.queueDatas.flatMap(({ brokerName: broker, writeQueueNums }) => {
    const address = addresses.get(broker);
    if (address === undefined) return [];
    return Array.from({ length: writeQueueNums }, (_, queue) => ({ broker, address, queue }));
  });
}
