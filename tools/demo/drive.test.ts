import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DemoData, type OrderLine, type PriceRules, readDemoData } from "./demo-data.js";
import { drive, type DriveOptions, type DriveResult } from "./drive.js";
import { expectedOf } from "./expected.js";

const dataFolder = join(import.meta.dirname, "../../examples/saas-orders/data");
const limit = 120;

/** Answers as both services of the example do, from one process's memory, and misbehaves on demand. */
class StandIn {
  readonly data: DemoData;
  readonly server: Server;
  /** Orders in the sequence of their first arrival, by article. */
  readonly arrivals = new Map<string, string[]>();
  /** Order ids whose request is answered by closing the connection, once each. */
  readonly drops = new Set<string>();
  readonly undelivered = new Set<string>();
  readonly refusedByServer = new Set<string>();
  workerRevisions = [1, 1];
  published = 1;
  /** How often GET /workers answers before the second worker has the published rules. */
  slowWorkerPolls = 0;
  readonly ordersUnderRevision = new Map<string, number>();

  constructor(data: DemoData) {
    this.data = data;
    this.server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const reply = this.#route(
      `${request.method ?? ""} ${request.url ?? ""}`,
      body === "" ? undefined : JSON.parse(body),
    );
    if (reply === undefined) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end(JSON.stringify(reply.body));
  }

  #route(route: string, body: unknown): { status: number; body: unknown } | undefined {
    switch (route) {
      case "POST /orders":
        return this.#place(body as OrderLine);
      case "PUT /price-rules":
        this.published = (body as PriceRules).revision;
        return { status: 200, body: {} };
      case "GET /workers":
        return { status: 200, body: { workers: this.#workers() } };
      case "GET /report":
        return { status: 200, body: this.#report() };
      default:
        return { status: 404, body: {} };
    }
  }

  #place(order: OrderLine): { status: number; body: unknown } | undefined {
    if (this.refusedByServer.has(order.id)) return { status: 422, body: { error: "no such article" } };
    if (this.drops.delete(order.id)) return undefined;
    const known = this.arrivals.get(order.sku) ?? [];
    this.arrivals.set(order.sku, [...known, order.id]);
    this.ordersUnderRevision.set(order.id, this.workerRevisions[1] ?? 0);
    const outcome = expectedOf(this.data).document.orders[order.id];
    return { status: 200, body: { ...outcome, id: order.id, revision: this.published, worker: "orders-1" } };
  }

  #workers(): unknown[] {
    this.workerRevisions[0] = this.published;
    if (this.slowWorkerPolls > 0) this.slowWorkerPolls -= 1;
    else this.workerRevisions[1] = this.published;
    return this.workerRevisions.map((revision, index) => ({ worker: `orders-${index + 1}`, pid: index + 1, revision }));
  }

  /** One document that has the fields of both services' reports. */
  #report(): unknown {
    const { document, orders, messages } = expectedOf(this.data);
    const delivered = messages.delivered.filter((id) => !this.undelivered.has(id));
    const drill = Object.fromEntries(messages.redelivered.map((id) => [id, 1]));
    return {
      articles: Object.entries(document.articles).map(([sku, article]) => ({
        sku,
        ...article,
        stock: article.finalStock,
        available: article.finalStock,
      })),
      leaderboard: document.leaderboard,
      orders: document.orders,
      counts: { ...orders, pieces: 0, announced: messages.sent },
      priceRulesFirstSeen: { "1": "2026-01-01T00:00:00.000Z", "2": "2026-01-01T00:01:00.000Z" },
      movements: Object.fromEntries(delivered.map((id) => [id, 1])),
      deliveries: Object.fromEntries(delivered.map((id) => [id, id in drill ? 2 : 1])),
      redeliveries: drill,
      rpcCalls: { reserve: limit },
    };
  }
}

describe("the driver", () => {
  let standIn: StandIn;
  let url: string;

  beforeEach(async () => {
    standIn = new StandIn(await readDemoData(dataFolder, limit));
    url = await standIn.listen();
  });

  afterEach(() => {
    standIn.server.closeAllConnections();
    standIn.server.close();
  });

  const run = (options: Partial<DriveOptions> = {}): Promise<DriveResult> =>
    drive({ ordersUrl: url, inventoryUrl: url, dataFolder, limit, deliveryTimeoutMs: 300, ...options });

  it("reports the expected result, its counts and when the price rules changed", async () => {
    const outcome = await run();
    const expected = expectedOf(standIn.data);
    expect(outcome.result).toBe(expected.result);
    expect(outcome.orders).toEqual({ total: limit, ...expected.orders });
    expect(outcome.messages).toEqual({
      sent: expected.messages.sent,
      delivered: expected.messages.delivered.length,
      redelivered: 1,
      lost: 0,
    });
    expect(outcome.priceRuleChangedAt).toBe("2026-01-01T00:01:00.000Z");
    expect(outcome.rpcCalls).toEqual({ reserve: limit });
  });

  it("keeps the orders of one article in the file's order", async () => {
    await run({ concurrency: 8 });
    const inFile = standIn.data.halves.flat();
    for (const [sku, ids] of standIn.arrivals) {
      expect(ids).toEqual(inFile.filter((order) => order.sku === sku).map((order) => order.id));
    }
  });

  it("sends the second half only when the slowest worker has the changed rules", async () => {
    standIn.slowWorkerPolls = 5;
    await run();
    const second = standIn.data.halves[1].map((order) => standIn.ordersUnderRevision.get(order.id));
    expect(new Set(second)).toEqual(new Set([2]));
  });

  it("publishes the first rules again where an earlier run left the changed ones", async () => {
    standIn.published = 2;
    standIn.workerRevisions = [2, 2];
    await run();
    const first = standIn.data.halves[0].map((order) => standIn.ordersUnderRevision.get(order.id));
    expect(new Set(first)).toEqual(new Set([1]));
  });

  it("sends an order again, with the same id, when the connection breaks", async () => {
    const ids = standIn.data.halves.flat().map((order) => order.id);
    for (const id of ids.slice(10, 20)) standIn.drops.add(id);
    const outcome = await run();
    expect(standIn.drops.size).toBe(0);
    expect(outcome.result).toBe(expectedOf(standIn.data).result);
  });

  it("counts a message that the consumer never recorded as lost", async () => {
    const [id = ""] = expectedOf(standIn.data).messages.delivered;
    standIn.undelivered.add(id);
    expect((await run()).messages.lost).toBe(1);
  });

  it("tells how many orders are answered after each one", async () => {
    const counts: number[] = [];
    await run({ hooks: { onOrdersDone: (count) => counts.push(count) } });
    expect(counts).toEqual(Array.from({ length: limit }, (_, index) => index + 1));
  });

  it("ends with the app's own words when an order is refused as wrong", async () => {
    standIn.refusedByServer.add(standIn.data.halves[0][3]?.id ?? "");
    await expect(run()).rejects.toThrow(/POST .*\/orders was answered with 422: .*no such article/u);
  });

  it("gives up, with the last failure, when nothing answers", async () => {
    standIn.server.close();
    await expect(run({ answerTimeoutMs: 50 })).rejects.toThrow(
      /GET .*\/workers was not answered in time; last: .*ECONNREFUSED/u,
    );
  });

  it("ends at once when its signal is aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("the app ended");
    const onOrdersDone = (count: number): void => {
      if (count === 30) controller.abort(reason);
    };
    await expect(run({ signal: controller.signal, hooks: { onOrdersDone } })).rejects.toBe(reason);
    expect([...standIn.arrivals.values()].flat().length).toBeLessThan(limit);
  });
});
