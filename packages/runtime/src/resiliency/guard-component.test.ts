import { MechaError, type ComponentKind } from "@mecha/spec";
import { expect, test } from "vitest";
import { silentLogger } from "../../test/silent-logger.js";
import type { RunningComponent } from "../registry.js";
import { bareComponent } from "./bare-component.js";
import { guardComponent } from "./guard-component.js";
import { Policy } from "./policy.js";

const retry = {
  policy: "constant",
  durationMs: 0,
  maxIntervalMs: 0,
  maxRetries: 1,
  matching: { http: undefined, grpc: undefined },
} as const;

type Method = (...values: readonly unknown[]) => Promise<unknown>;

/** A component whose methods fail the first time, and then answer with what they were given. */
class Stubborn {
  readonly backend = "test";
  readonly features = ["ETAG"];
  readonly operations = ["create"];
  #calls = 0;

  get calls(): number {
    return this.#calls;
  }

  readonly answer: Method = async (...values) => {
    if (this.#calls++ === 0) throw new MechaError("UNAVAILABLE", "not yet");
    return values;
  };

  async close(): Promise<void> {
    await Promise.resolve();
    this.#calls = -1;
  }
}

function guarded(kind: ComponentKind, method: string) {
  const component = Object.assign(new Stubborn(), { read: () => "reads" });
  Object.assign(component, { [method]: component.answer });
  // A test component of any kind.
  const running = {
    name: "c",
    kind,
    type: `${kind}.test`,
    version: "v1",
    metadata: {},
    component,
  } as unknown as RunningComponent;
  const result = guardComponent(running, new Policy("c", { retry, logger: silentLogger })).component;
  return { component, result: result as unknown as Readonly<Record<string, Method>> & Stubborn };
}

const signal = new AbortController().signal;

type Case = [kind: ComponentKind, method: string, ...values: unknown[]];

test.each<Case>([
  ["state", "get", ["k"], { signal }],
  ["state", "query", "query", { signal }],
  ["configuration", "get", ["k"], { signal }],
  ["configuration", "subscribe", ["k"], "listener", { signal }],
  ["bindings", "invoke", { operation: "create" }, { signal }],
  ["secretstores", "get", "name", { signal }],
  ["secretstores", "getAll", { signal }],
  ["lock", "tryLock", "request", { signal }],
  ["lock", "unlock", "request", { signal }],
  ["crypto", "getKey", "key", { signal }],
  ["crypto", "encrypt", "plain", "use", { signal }],
  ["crypto", "decrypt", "cipher", "use", { signal }],
  ["crypto", "wrapKey", "plain", "use", { signal }],
  ["crypto", "unwrapKey", "cipher", "use", { signal }],
  ["crypto", "sign", "digest", "use", { signal }],
  ["crypto", "verify", "digest", "use", { signal }],
  ["conversation", "converse", "request", { signal }],
])("%s: %s is called again, with what it was given", async (...[kind, method, ...values]: Case) => {
  const { component, result } = guarded(kind, method);
  expect(await result[method]?.(...values)).toEqual(values);
  expect(component.calls).toBe(2);
});

test("what else a component has stays as it is, and it is found behind its policies", async () => {
  const { component, result } = guarded("bindings", "invoke");
  expect([result.features, "read" in result, "query" in result]).toEqual([["ETAG"], true, false]);
  expect([result["read"]?.(), result.close === result.close]).toEqual(["reads", true]);
  await result.close();
  expect(component.calls).toBe(-1);
  expect(bareComponent(result)).toBe(component);
  expect(bareComponent(component)).toBe(component);
});

test("a store that takes values at once does not behind a policy, which may write them again", () => {
  const { component } = guarded("state", "write");
  Object.assign(component, { takesValuesAtOnce: true });
  const running = { name: "c", kind: "state", type: "state.test", version: "v1", metadata: {}, component };
  const policy = new Policy("c", { retry, logger: silentLogger });
  const guardedStore = guardComponent(running as unknown as RunningComponent, policy) as RunningComponent<"state">;
  expect(guardedStore.component.takesValuesAtOnce).toBe(false);
});

test("the attempt of a frozen component has the signal of its timeout", async () => {
  const seen: unknown[] = [];
  const component = Object.freeze({
    backend: "test",
    tryLock: (_: unknown, options: { readonly signal?: AbortSignal }) => {
      seen.push(options.signal);
      return new Promise(() => undefined);
    },
  });
  const running = { name: "c", kind: "lock", type: "lock.test", version: "v1", metadata: {}, component };
  const policy = new Policy("c", { timeoutMs: 5, logger: silentLogger });
  const { component: result } = guardComponent(
    running as unknown as RunningComponent,
    policy,
  ) as RunningComponent<"lock">;
  await expect(result.tryLock({ resource: "r", owner: "o", expirySeconds: 1 })).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
  expect(seen).toEqual([expect.objectContaining({ aborted: true })]);
});
