import { setImmediate } from "node:timers/promises";
import { createBox, type WatchedBox } from "./box.js";
import { describe } from "./finding.js";
import type { OpenTarget } from "./fuzz-target.js";
import { watchPrototypes } from "./prototypes.js";
import { loadTarget } from "./targets.js";
import type { VictimReply, VictimRequest } from "./victim-messages.js";

/** The process in which targets run: what they do to it is seen, and ends with it. */
const changedPrototype = watchPrototypes();
const escapedErrors: string[] = [];
process.on("uncaughtException", (error) => escapedErrors.push(`threw where nobody catches: ${describe(error)}`));
process.on("unhandledRejection", (error) => escapedErrors.push(`rejected where nobody waits: ${describe(error)}`));

let open:
  | { readonly target: OpenTarget<unknown>; readonly box: WatchedBox; readonly answerWithinMs: number }
  | undefined;

async function answer(request: VictimRequest): Promise<VictimReply> {
  if (request.ask === "open") {
    const [box, target] = await Promise.all([createBox(), loadTarget(request.target)]);
    process.env["MECHA_RUNTIME_DIR"] = `${box.folder}/run`;
    open = { box, target: await target.open(box), answerWithinMs: request.answerWithinMs };
    return {};
  }
  if (open === undefined) throw new Error("no target is open");
  const { target, box, answerWithinMs } = open;
  switch (request.ask) {
    case "run":
      return afterwards(await bounded(target.run(request.input), answerWithinMs), box);
    case "measure":
      return { ...afterwards({}, box, true), memoryBytes: usedBytes() };
    case "close": {
      const reply = afterwards(await bounded(target.close(), answerWithinMs), box, true);
      await box[Symbol.asyncDispose]();
      return reply;
    }
  }
}

/** Waits for a call, but not for ever. */
async function bounded(call: Promise<void>, limitMs: number): Promise<VictimReply> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<VictimReply>((resolve) => {
    timer = setTimeout(() => resolve({ finding: `did not answer in ${String(limitMs)} ms`, isTainted: true }), limitMs);
  });
  const done = call.then(
    () => ({}),
    (error: unknown) => ({ finding: error instanceof Error ? error.message : String(error) }),
  );
  const reply = await Promise.race([done, limit]);
  clearTimeout(timer);
  // What was rejected where nobody waits is told before this.
  await setImmediate();
  return reply;
}

/** What can be seen of the process after each call. */
function afterwards(reply: VictimReply, box: WatchedBox, isThorough = false): VictimReply {
  const changed = changedPrototype(isThorough) ?? box.escaped();
  if (changed !== undefined) return { finding: changed, isTainted: true };
  const [escaped] = escapedErrors.splice(0);
  return escaped === undefined ? reply : { finding: escaped };
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// What else was asked waits until this is answered.
let answered = Promise.resolve();
process.on("message", (request: VictimRequest) => {
  answered = answered.then(async () => {
    const reply = await answer(request).catch((error: unknown) => ({ finding: describe(error), isTainted: true }));
    process.send?.(reply satisfies VictimReply);
  });
});
process.on("disconnect", () => process.exit());
