import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type DemoData, readDemoData } from "./demo-data.js";
import { expectedOf } from "./expected.js";

const example = join(import.meta.dirname, "../../examples/saas-orders");
const dataFolder = join(example, "data");

const small: DemoData = {
  products: [
    { sku: "book", category: "books", shipping: "standard", priceCents: 999, stock: 5 },
    { sku: "chair", category: "garden", shipping: "express", priceCents: 5000, stock: 100 },
    { sku: "song", category: "music", shipping: "digital", priceCents: 99, stock: 0 },
  ],
  halves: [
    [
      { id: "1", sku: "book", quantity: 4, customer: "ann" },
      { id: "2", sku: "book", quantity: 2, customer: "bob" },
      { id: "3", sku: "song", quantity: 3, customer: "cid" },
    ],
    [
      { id: "4", sku: "book", quantity: 1, customer: "dot" },
      { id: "5", sku: "chair", quantity: 2, customer: "ann" },
    ],
  ],
  rules: [
    { revision: 1, categoryDiscountPercent: {}, bulk: { fromQuantity: 4, percent: 10 }, expressSurchargeCents: 500 },
    {
      revision: 2,
      categoryDiscountPercent: { books: 50 },
      bulk: { fromQuantity: 2, percent: 20 },
      expressSurchargeCents: 100,
    },
  ],
  redeliveryDrill: "1",
};

describe("the calculation of what a run must come to", () => {
  it("gives what was worked out by hand for five orders", () => {
    const { document, orders, messages } = expectedOf(small);
    expect(document).toEqual({
      articles: {
        book: { accepted: 2, refused: 1, revenueCents: 3596 + 500, finalStock: 0 },
        chair: { accepted: 1, refused: 0, revenueCents: 8100, finalStock: 98 },
        song: { accepted: 1, refused: 0, revenueCents: 297, finalStock: 0 },
      },
      leaderboard: [
        { customer: "ann", cents: 3596 + 8100 },
        { customer: "dot", cents: 500 },
        { customer: "cid", cents: 297 },
      ],
      orders: {
        "1": { status: "accepted", priceCents: 3596 },
        "2": { status: "refused", priceCents: 1998 },
        "3": { status: "accepted", priceCents: 297 },
        "4": { status: "accepted", priceCents: 500 },
        "5": { status: "accepted", priceCents: 8100 },
      },
    });
    expect(orders).toEqual({ accepted: 4, refused: 1 });
    expect(messages).toEqual({ sent: 4, delivered: ["1", "4", "5"], redelivered: ["1"] });
  });

  it("gives another hash when one order has another price", () => {
    const dearer = small.products.map((product) =>
      product.sku === "song" ? { ...product, priceCents: 100 } : product,
    );
    expect(expectedOf({ ...small, products: dearer }).result).not.toBe(expectedOf(small).result);
  });

  it("gives the same hash whatever the order of the articles in the catalog", () => {
    expect(expectedOf({ ...small, products: small.products.toReversed() }).result).toBe(expectedOf(small).result);
  });
});

describe("the example's data", () => {
  it("has orders that are refused, downloads that are not consumed, and one message that fails once", async () => {
    const data = await readDemoData(dataFolder);
    const { orders, messages } = expectedOf(data);
    expect(data.halves.map((half) => half.length)).toEqual([1500, 1500]);
    expect(orders).toEqual({ accepted: 2685, refused: 315 });
    expect(messages.sent - messages.delivered.length).toBe(491);
    expect(messages.redelivered).toEqual([data.redeliveryDrill]);
    expect(data.halves[0].map((order) => order.id)).toContain(data.redeliveryDrill);
  });

  it("is what the example's script writes", async () => {
    const copy = await mkdtemp(join(tmpdir(), "saas-orders-"));
    try {
      await cp(join(example, "scripts"), join(copy, "scripts"), { recursive: true });
      await promisify(execFile)(process.execPath, [join(copy, "scripts/make-data.js")]);
      for (const file of ["catalog.json", "orders.jsonl"]) {
        expect(await readFile(join(copy, "data", file), "utf8")).toBe(await readFile(join(dataFolder, file), "utf8"));
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});

describe("the example", () => {
  it("names Mecha in the versions of its package.json and nowhere else", async () => {
    const entries = await readdir(example, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const text = await readFile(file, "utf8");
      const rest = file === join(example, "package.json") ? text.replaceAll('"npm:@mecha/', '"') : text;
      expect(rest.toLowerCase(), file).not.toMatch(/mecha(?!n)|dapr/);
    }
  });

  it("takes the four legacy clients by their own names, as aliases", async () => {
    const text = await readFile(join(example, "package.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      dependencies: {
        "ali-ons": "npm:@mecha/ali-ons@^3.12.0",
        ioredis: "npm:@mecha/ioredis@^5.11.0",
        nacos: "npm:@mecha/nacos@^2.6.0",
        "sofa-rpc-node": "npm:@mecha/sofa-rpc-node@^2.10.0",
      },
    });
  });
});
