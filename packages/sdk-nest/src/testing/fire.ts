import { MechaError } from "@mecha/sdk-core";
import type { AppChannel } from "@mecha/sdk-core/protocol";

type CallContext = Parameters<NonNullable<AppChannel["job"]>>[1];

/** Calls the handler of an input binding. */
export async function fireBinding<T>(
  channels: readonly AppChannel[],
  name: string,
  { data, metadata }: { readonly data: unknown; readonly metadata: Readonly<Record<string, string>> },
): Promise<T> {
  const { binding } = channels.find(({ bindings }) => bindings?.includes(name)) ?? {};
  if (binding === undefined) throw missing(`@OnBinding("${name}")`);
  const reply = await binding({ name, data: bytesOf(data), metadata: { ...metadata } }, callContext());
  // The caller says what its handler returns; nothing here can check it.
  return (reply.data.length === 0 ? undefined : JSON.parse(reply.data.toString("utf8"))) as T;
}

/** Calls the handler of a job. */
export async function fireJob(channels: readonly AppChannel[], name: string, data: unknown): Promise<void> {
  const job = channels.find((channel) => channel.job !== undefined)?.job;
  if (job === undefined) throw missing(`@OnJob("${name}")`);
  const request = {
    name,
    data: { typeUrl: "", value: bytesOf(data) },
    method: "",
    contentType: "",
    httpExtension: undefined,
  };
  await job(request, callContext());
}

function bytesOf(data: unknown): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  return data instanceof Uint8Array ? Buffer.from(data) : Buffer.from(JSON.stringify(data), "utf8");
}

/** What a runtime says of a call that nobody gives up. */
function callContext(): CallContext {
  return {
    metadata: {},
    signal: new AbortController().signal,
    peer: "in-process",
    setHeader: () => undefined,
    setTrailer: () => undefined,
  };
}

function missing(handler: string): MechaError {
  return new MechaError("NOT_FOUND", `The app has no ${handler}, or is not initialised`, { operation: "nest.test" });
}
