import { expect, it } from "vitest";
import { askBrokenServers } from "../../test/hostile-http2-server.js";

it.each([1, 77, 4242])(
  "a connection whose server sends broken frames ends, whatever is broken (seed %d)",
  async (seed) => {
    const rounds = 5000;
    expect(await askBrokenServers(rounds, seed)).toBeLessThan(rounds / 2);
  },
  600_000,
);
