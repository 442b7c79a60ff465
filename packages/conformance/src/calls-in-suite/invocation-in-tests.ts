import { InvocationReply, type Invocation } from "@mecha/sdk-core";
import { MechaError } from "@mecha/spec";
import { failureOf } from "../dapr-api-suite/fixture.js";
import type { TestFunctions } from "../test-functions.js";
import type { CallsInPart, CallsInRun } from "./calls-in.js";

/** Service invocation: what callers send, and what they get back. */
export function invocationIn({ describe, it, expect }: TestFunctions, run: CallsInRun): CallsInPart {
  const echo = async ({ method, verb, query, headers, contentType, bytes }: Invocation): Promise<InvocationReply> =>
    new InvocationReply(
      {
        method,
        verb,
        query: [...query.entries()],
        header: headers["x-asked"],
        contentType,
        text: Buffer.from(bytes).toString(),
      },
      { status: 201, headers: { "x-answered": "yes" } },
    );
  return {
    register: (host) =>
      void host
        .onInvoke("echo", echo)
        .onInvoke("nested/path", ({ json }) => json<unknown>())
        .onInvoke("read-only", () => "read", { verbs: ["GET"] })
        .onInvoke("bytes", ({ bytes }) => Buffer.from(bytes).reverse())
        .onInvoke("nothing", () => undefined)
        .onInvoke("out-of-stock", () => {
          throw new MechaError("FAILED_PRECONDITION", "out of stock", { httpStatus: 412 });
        })
        .onInvoke(
          "upper",
          ({ body }) =>
            new InvocationReply(
              (async function* () {
                for await (const piece of body) yield Buffer.from(Buffer.from(piece).toString().toUpperCase());
              })(),
              { contentType: "text/plain" },
            ),
          { streaming: run.http === true },
        ),
    tests: (target) => {
      describe("invocation", () => {
        const app = () => target().mecha.app(target().mecha.appId);

        it("brings verb, query, headers and data, and takes status, headers and data back", async () => {
          const options = { verb: "PUT", query: { a: "1" }, headers: { "x-asked": "so" } } as const;
          const reply = await app().request("echo", { n: 1 }, options);
          expect(reply.status).toBe(201);
          expect(reply.headers["x-answered"]).toBe("yes");
          expect(reply.json()).toEqual({
            method: "echo",
            verb: "PUT",
            query: [["a", "1"]],
            header: "so",
            contentType: "application/json",
            text: '{"n":1}',
          });
        });

        it("finds methods with paths, and gives bytes and nothing back as they are", async () => {
          expect(await app().invoke("nested/path", { deep: true })).toEqual({ deep: true });
          const { bytes } = await app().request("bytes", Buffer.from([0, 1, 255]));
          expect([...bytes]).toEqual([255, 1, 0]);
          expect(await app().invoke("nothing")).toBeUndefined();
        });

        it("takes only the verbs that a handler names, and says that a method is not there", async () => {
          expect(await app().invoke("read-only", undefined, { verb: "GET" })).toBe("read");
          const refused = await failureOf(app().invoke("read-only", undefined, { verb: "DELETE" }));
          expect(run.http === true ? told(refused) : refused.message).toMatch(/405|does not take DELETE/u);
          const missing = await failureOf(app().invoke("not-there"));
          expect(run.http === true ? told(missing) : missing.message).toMatch(/404|"not-there"/u);
        });

        it("gives the caller the error of a handler", async () => {
          const failure = await failureOf(app().invoke("out-of-stock"));
          if (run.http === true) {
            expect(told(failure)).toMatch(/412.*out of stock/u);
            return;
          }
          expect(failure).toMatchObject({ code: "FAILED_PRECONDITION" });
          expect(failure.message).toContain("out of stock");
        });

        it("sends a stream back, whole where the host has no streams", async () => {
          const reply = await app().request("upper", "lower");
          expect(reply.text()).toBe('"LOWER"');
          expect(reply.contentType).toBe("text/plain");
        });

        it("is called from another app", async () => {
          const { caller, mecha } = target();
          if (caller === undefined) return;
          expect(await caller.app(mecha.appId).invoke("nested/path", [1])).toEqual([1]);
        });
      });
    },
  };
}

/** What daprd tells a gRPC caller of the answer of an app that speaks HTTP. */
function told({ metadata }: MechaError): string {
  return `${metadata["http.code"] ?? ""} ${metadata["http.error_message"] ?? ""}`;
}
