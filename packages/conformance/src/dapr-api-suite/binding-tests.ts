import { daprMethods } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Output bindings, on one that stores files. */
export function bindingTests({ test: { expect }, block }: DaprApiFixture): void {
  block("binding", (it) => {
    it("passes data and metadata to an operation and gives back what it answers", async (name, { transport }) => {
      const fileName = uniqueName("file");
      const call = (operation: string, data = "") =>
        transport.unary(daprMethods.invokeBinding, {
          name,
          operation,
          data: Buffer.from(data),
          metadata: { fileName },
        });
      await call("create", "what a binding keeps!");
      expect((await call("get")).data.toString()).toBe("what a binding keeps!");
      await call("delete");
      expect((await failureOf(call("get"))).reason).toBe("ERR_INVOKE_OUTPUT_BINDING");
    });

    it("lists what it keeps, read as JSON, text or bytes", async (name, { mecha }) => {
      const binding = mecha.binding(name);
      const fileName = uniqueName("file");
      await binding.invoke("create", { n: 1 }, { metadata: { fileName } });
      expect((await binding.invoke("list")).text()).toContain(fileName);
      const kept = await binding.invoke("get", undefined, { metadata: { fileName } });
      expect(kept.json()).toEqual({ n: 1 });
      expect(Buffer.from(kept.bytes).toString()).toBe('{"n":1}');
      await binding.invoke("delete", undefined, { metadata: { fileName } });
      expect((await binding.invoke("list")).text()).not.toContain(fileName);
    });

    it("takes no more than 4 MiB in a message", async (name, { mecha }) => {
      const tooMuch = Buffer.alloc(4 * 1024 * 1024 + 1, "x");
      const failure = await failureOf(mecha.binding(name).invoke("create", tooMuch, { metadata: { fileName: "big" } }));
      expect(failure.code).toBe("RESOURCE_EXHAUSTED");
    });

    it("says that there is no binding of that name", async (_, { mecha }) => {
      const failure = await failureOf(mecha.binding(uniqueName("binding")).invoke("create"));
      expect([failure.grpcStatus, failure.reason]).toEqual([13, "ERR_INVOKE_OUTPUT_BINDING"]);
    });

    it("refuses an operation that the binding does not have", async (name, { transport }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.invokeBinding, { name, operation: "fly", data: Buffer.alloc(0), metadata: {} }),
      );
      expect([failure.grpcStatus, failure.reason]).toEqual([13, "ERR_INVOKE_OUTPUT_BINDING"]);
      expect(failure.message).toContain("fly");
    });
  });
}
