import type { AppChannel } from "@mecha/sdk-core/protocol";
import type { ActorsAndJobs } from "./actors/actors-and-jobs.js";
import type { AppCalls } from "./app-calls/app-calls.js";
import type { AskedApp } from "./app-channel/app-endpoint.js";
import type { Instances } from "./instances/instances.js";
import type { OpenInvocation } from "./invocation/open-invocation.js";

/** Whatever brings calls to the app of a runtime. */
export interface Callers {
  readonly instances: Instances;
  readonly callee: OpenInvocation["callee"];
  readonly actorsAndJobs: ActorsAndJobs;
  readonly appCalls: AppCalls;
}

/** Lets calls, jobs, actors, events of topics and of bindings come to an app; the result ends that. */
export async function attachApp(
  channel: AppChannel,
  { instances, callee, actorsAndJobs, appCalls }: Callers,
  asked: AskedApp | undefined,
): Promise<() => Promise<void>> {
  const ends: (() => Promise<void> | void)[] = [];
  // The last to come is the first to go; none waits for the handlers of another.
  const detach = async (): Promise<void> => {
    await Promise.all(
      ends
        .splice(0)
        .reverse()
        .map(async (end) => end()),
    );
  };
  try {
    ends.push(await instances.attach(channel));
    if (channel.invoke !== undefined) ends.push(await callee.publish());
    ends.push(await actorsAndJobs.attach(channel));
    ends.push(await appCalls.start(channel, asked));
    return detach;
  } catch (error) {
    await detach();
    throw error;
  }
}
