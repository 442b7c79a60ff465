import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  componentYaml,
  type Echo,
  type EchoServer,
  eventually,
  type ModelServer,
  serveEcho,
  serveModel,
} from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { type BindingReply, type Mecha, MechaError } from "@mecha/sdk-core";
import { common, daprMethods } from "@mecha/sdk-core/protocol";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSameFolder, type SameFolder } from "./same-folder.js";
import { answerAsAsked, modelComponents } from "./same-model.js";
import { sameModelTests } from "./same-model-tests.js";

/** Schedules that a reader of cron may take in more than one way; a component whose schedule is refused is left out. */
const schedules = [
  ...[
    "@every 1h30m",
    "@every 1s",
    "@every",
    "@every 0s",
    "@every -1s",
    "@every soon",
    "@hourly",
    "@daily",
    "@midnight",
  ],
  ...["@weekly", "@monthly", "@yearly", "@annually", "@reboot", "@Hourly", ""],
  ...["30 * * * *", "0 30 * * * *", "15 30 9 1,15 JAN-MAR MON", "0 0 0 ? * SUN", "0 0 * * mon-fri", "0 0 ? * ?"],
  ...["*/5 * * * *", "1-10/3 * * * *", "5/15 * * * *", "*/100 * * * *", "*/0 * * * *", "10-5 * * * *", "1,2, * * * *"],
  ...["60 * * * *", "0 24 * * *", "0 0 32 * *", "0 0 0 * *", "0 0 * 13 *", "* * * * 7", "* * * * 0", "0 0 L * *"],
  ...[
    "* * *",
    "* * * * * * *",
    "x * * * *",
    "  5 * * * *  ",
    "5  *  *  *  *",
    "0 0 29 2 *",
    "0 0 31 2 *",
    "-1 * * * *",
  ],
  ...["TZ=Europe/Paris 0 9 * * *", "CRON_TZ=Asia/Tokyo 0 9 * * *", "TZ=Nowhere 0 9 * * *", "TZ=UTC @daily"],
];

const outboxTopic = `same-outbox-${randomUUID()}`;

/** One folder of components, read by the embedded runtime and by real daprd. */
describeWith(["daprd", "redis"], "bindings, outbox and conversation, embedded and on daprd", (on) => {
  let folder: string;
  let redis: Redis;
  let echo: EchoServer;
  let model: ModelServer;
  let sides: SameFolder;

  beforeAll(async () => {
    redis = new Redis(on.redis.port, on.redis.host);
    echo = await serveEcho();
    model = await serveModel(answerAsAsked);
    const redisHost = on.redis.address;
    sides = await openSameFolder("same-bindings", (path) => {
      folder = path;
      return [
        componentYaml("files", "bindings.localstorage", { rootPath: join(folder, "files") }),
        componentYaml("web", "bindings.http", { url: echo.url }),
        componentYaml("lenient-web", "bindings.http", { url: `${echo.url}/base`, errorIfNot2XX: "false" }),
        componentYaml("talk", "conversation.echo"),
        ...modelComponents(model.endpoint),
        componentYaml("events", "pubsub.redis", { redisHost }),
        componentYaml("orders", "state.redis", {
          redisHost,
          outboxPublishPubsub: "events",
          outboxPublishTopic: outboxTopic,
        }),
        ...schedules.map(
          (schedule, index) =>
            `${componentYaml(`cron-${String(index)}`, "bindings.cron", { schedule })}  ignoreErrors: true\n`,
        ),
      ];
    });
  }, 60_000);
  afterAll(async () => {
    await sides.close();
    await echo.close();
    await model.close();
    await redis.quit();
  });

  /** Each way round. */
  const pairs = (): readonly (readonly [Mecha, Mecha])[] => [
    [sides.embedded.mecha, sides.daprd.mecha],
    [sides.daprd.mecha, sides.embedded.mecha],
  ];
  const both = async <T>(call: (mecha: Mecha) => Promise<T>): Promise<readonly [T, T]> => [
    await call(sides.embedded.mecha),
    await call(sides.daprd.mecha),
  ];

  it("bindings.localstorage: each reads, lists and deletes the files that the other has written", async () => {
    for (const [one, other] of pairs()) {
      const bytes = Buffer.from([0, 255, 10, 128]);
      const metadata = { fileName: `deep/${randomUUID()}.bin` };
      const created = await one.binding("files").invoke("create", bytes, { metadata });
      expect(await readFile(join(folder, "files", metadata.fileName))).toEqual(bytes);
      const [own, foreign] = await both(async (mecha) => textsOf(await mecha.binding("files").invoke("list")));
      expect(own).toEqual(foreign);
      expect([...(await other.binding("files").invoke("get", undefined, { metadata })).bytes]).toEqual([...bytes]);
      const again = await other.binding("files").invoke("create", bytes, { metadata });
      expect(again.json()).toEqual(created.json());
      await other.binding("files").invoke("delete", undefined, { metadata });
      const failures = await both((mecha) => failureOf(mecha.binding("files").invoke("get", undefined, { metadata })));
      expect(failures[0].status).toBe(failures[1].status);
    }
  });

  it("bindings.localstorage: both decode Base64, and keep JSON and text as they are", async () => {
    for (const text of ["aGVsbG8gdGhlcmU=", "no base64!", "", '{"n":1}', "abcd", '"YWJjZA=="', "YWJjZA", "a b=\n"]) {
      const kept = await both(async (mecha) => {
        const fileName = randomUUID();
        await mecha.binding("files").invoke("create", Buffer.from(text), { metadata: { fileName } });
        return (await readFile(join(folder, "files", fileName))).toString();
      });
      expect(kept[0], text).toBe(kept[1]);
    }
  });

  it("bindings.http: both send the same requests, and give back the same of the answers", async () => {
    const requests: readonly (readonly [string, unknown, Readonly<Record<string, string>>])[] = [
      ["create", { n: 1 }, {}],
      ["post", "text", { path: "orders/1?x=%20y", "X-Tenant": "acme", "Content-Type": "text/x" }],
      ["get", undefined, { path: "/a//b?c=d/e", Accept: "text/plain" }],
      ["put", Buffer.from([0, 255]), {}],
      ["patch", "x", { path: "" }],
      ["delete", undefined, { path: "/status/204" }],
      ["get", undefined, { path: "/status/404" }],
      ["get", undefined, { path: "/status/503", errorIfNot2XX: "false" }],
      ["options", undefined, {}],
    ];
    for (const name of ["web", "lenient-web"]) {
      for (const [operation, data, metadata] of requests) {
        const [own, foreign] = await both((mecha) =>
          mecha.binding(name).invoke(operation, data, { metadata }).then(exchangeOf, statusOf),
        );
        expect(own, `${name} ${operation} ${JSON.stringify(metadata)}`).toEqual(foreign);
      }
    }
  });

  it("bindings.cron: both take the same schedules, but for spans that daprd follows without a pause", async () => {
    const [own, foreign] = await both(async (mecha) => {
      const { components } = await mecha.metadata();
      const taken = new Set(components.map(({ name }) => name));
      return schedules.filter((_, index) => taken.has(`cron-${String(index)}`));
    });
    expect(own).toEqual(foreign.filter((schedule) => !["@every 0s", "@every -1s"].includes(schedule)));
    expect(own.length).toBeGreaterThan(15);
    expect(own.length).toBeLessThan(schedules.length - 10);
  });

  it("conversation.echo: both give the same replies, with tools, several parts and what is told of them", async () => {
    const tools = [{ name: "weather", parameters: { type: "object", properties: { day: {}, place: {} } } }];
    const [own, foreign] = await both((mecha) => {
      const talk = mecha.conversation("talk");
      return Promise.all([
        talk.converse([{ role: "user", content: "hello there" }]),
        talk.converse([
          { role: "system", content: ["be", "brief"] },
          { role: "user", content: "grüß <dich>", name: "ann" },
        ]),
        talk.converse([{ role: "user", content: "rain?" }], { tools, temperature: 0.5 }),
        talk.converse([{ role: "user", content: "write to ann@example.com" }], { scrubPii: true }),
      ]);
    });
    expect(own).toEqual(foreign);
  });

  sameModelTests(
    () => sides,
    () => model,
  );

  it("outbox: what either writes in a transaction comes once, whichever of the two brings it, and leaves no marker", async () => {
    const count = 20;
    const write = async (side: "embedded" | "daprd"): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const key = `${outboxTopic}-${side}-${String(index)}`;
        const value = Buffer.from(JSON.stringify({ side, index }));
        const request = common.StateItem.fromPartial({ key, value, metadata: { region: "north" } });
        await sides[side].transport.unary(daprMethods.executeStateTransaction, {
          storeName: "orders",
          metadata: {},
          operations: [{ operationType: "upsert", request }],
        });
      }
    };
    const seen = new Map<string, Record<string, unknown>[]>();
    let events = 0;
    await Promise.all([write("embedded"), write("daprd")]);
    for await (const received of sides.daprd.mecha.pubsub("events").subscribe<string>(outboxTopic)) {
      const { data, id, type, source, extensions } = received.event;
      // Traces are daprd's own, and times differ.
      const own = Object.entries(extensions).filter(([name]) => !/^trace|^time$/.test(name));
      const shape = {
        id: id.replace(/(?<=^outbox-)[0-9a-f-]{36}$/, "…"),
        type,
        source,
        extensions: Object.fromEntries(own.sort()),
      };
      seen.set(data, [...(seen.get(data) ?? []), shape]);
      received.ack();
      if (++events === 2 * count) break;
    }
    expect(seen.size).toBe(2 * count);
    const shapes = [...seen.values()].flat();
    expect(shapes).toEqual(shapes.map(() => shapes[0]));
    expect(shapes[0]).toMatchObject({ id: "outbox-…", source: "same-bindings", extensions: { region: "north" } });
    await eventually("no marker is left", async () => (await redis.keys("same-bindings||outbox-*")).length === 0);
    for (const [one] of pairs()) {
      expect((await one.state("orders").get(`${outboxTopic}-daprd-1`))?.value).toEqual({ side: "daprd", index: 1 });
      expect((await one.state("orders").get(`${outboxTopic}-embedded-1`))?.value).toEqual({
        side: "embedded",
        index: 1,
      });
    }
  });
});

/** The paths of a list, in order. */
function textsOf(reply: BindingReply): readonly string[] {
  return [...(reply.json<readonly string[] | null>() ?? [])].sort();
}

/** What names the client, and what lies in time. */
const passing = ["accept-encoding", "traceparent", "tracestate", "user-agent", "connection", "date", "content-length"];

function withoutPassing(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !passing.includes(name.toLowerCase()));
  return Object.fromEntries(entries.sort());
}

/** What the server was asked, and what the binding tells of its answer. */
function exchangeOf(reply: BindingReply): unknown {
  const asked = reply.text() === "" ? undefined : reply.json<Echo>();
  return {
    ...(asked && { asked: { ...asked, headers: withoutPassing(asked.headers) } }),
    metadata: withoutPassing(reply.metadata),
  };
}

function statusOf(error: unknown): unknown {
  const { grpcStatus, reason } = MechaError.from(error, "an HTTP binding");
  return { grpcStatus, reason };
}

async function failureOf(call: Promise<unknown>): Promise<{ readonly status: number }> {
  return call.then(
    () => ({ status: 0 }),
    (error: unknown) => ({ status: MechaError.from(error, "a binding").grpcStatus }),
  );
}
