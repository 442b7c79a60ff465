import { expect, it } from "vitest";
import { lazyFacade, lazyModule } from "./lazy-facade.js";

interface Counter {
  add(by: number): Promise<number>;
  numbers(to: number): AsyncIterable<number>;
}

const shape = { add: "call", numbers: "stream" } as const;

/** A module that counts how often it is imported and how many facades are made of it. */
function countedModule(failures = 0) {
  const counts = { imports: 0, facades: 0 };
  const module = lazyModule(() => {
    counts.imports++;
    if (counts.imports <= failures) return Promise.reject(new Error("not there"));
    return Promise.resolve({
      createCounter(): Counter {
        counts.facades++;
        let sum = 0;
        return {
          add: (by) => Promise.resolve((sum += by)),
          async *numbers(to) {
            for (let number = 1; number <= to; number++) yield await Promise.resolve(number);
          },
        };
      },
    });
  });
  const facade = () => lazyFacade(module, ({ createCounter }) => createCounter(), shape);
  return { counts, module, facade };
}

it("loads the module with the first call, not before, and makes one facade", async () => {
  const { counts, facade } = countedModule();
  const counter = facade();
  expect(counts).toEqual({ imports: 0, facades: 0 });
  expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
  expect(await counter.add(3)).toBe(6);
  expect(counts.facades).toBe(1);
});

it("gives the facade itself once the module is there", async () => {
  const { counts, module, facade } = countedModule();
  await module.load();
  expect(module.loaded).toBeDefined();
  expect(await facade().add(1)).toBe(1);
  expect(counts.imports).toBe(1);
});

it("streams, and ends the stream when it is left", async () => {
  const { counts, facade } = countedModule();
  const stream = facade().numbers(3);
  expect(counts.imports).toBe(0);
  const seen: number[] = [];
  for await (const number of stream) {
    seen.push(number);
    if (number === 2) break;
  }
  expect(seen).toEqual([1, 2]);
});

it("tries again when the module could not be loaded", async () => {
  const { counts, facade } = countedModule(1);
  const counter = facade();
  await expect(counter.add(1)).rejects.toThrow("not there");
  expect(await counter.add(1)).toBe(1);
  expect(counts.imports).toBe(2);
});

it("is no promise, so that who awaits it gets it", async () => {
  const counter = countedModule().facade();
  // A facade with a member `then` would be called by `await`, and hang.
  expect(await Promise.resolve(counter)).toBe(counter);
});
