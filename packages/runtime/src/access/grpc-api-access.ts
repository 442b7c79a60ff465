import { httpStatusError } from "../app-channel/http-status-error.js";
import type { ApiAccessSettings, ApiRule } from "./api-access-settings.js";

const service = "/dapr.proto.runtime.v1.Dapr/";

/** The RPCs of each group of the API, as daprd 1.18 groups them; what is in no group can be denied by no rule, and allowed by none. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "invoke.v1": ["InvokeService"],
  "state.v1": ["GetState", "GetBulkState", "SaveState", "DeleteState", "DeleteBulkState", "ExecuteStateTransaction"],
  "state.v1alpha1": ["QueryStateAlpha1"],
  "publish.v1": ["PublishEvent", "BulkPublishEvent"],
  "publish.v1alpha1": ["BulkPublishEventAlpha1"],
  "subscribe.v1alpha1": ["SubscribeTopicEventsAlpha1"],
  "bindings.v1": ["InvokeBinding"],
  "secrets.v1": ["GetSecret", "GetBulkSecret"],
  "actors.v1": [
    "RegisterActorTimer",
    "UnregisterActorTimer",
    "RegisterActorReminder",
    "GetActorReminder",
    "UnregisterActorReminder",
    "UnregisterActorRemindersByType",
    "ListActorReminders",
    "GetActorState",
    "ExecuteActorStateTransaction",
    "InvokeActor",
  ],
  "actors.v1alpha1": ["SubscribeActorEventsAlpha1"],
  "metadata.v1": ["GetMetadata", "SetMetadata"],
  "configuration.v1": ["GetConfiguration", "SubscribeConfiguration", "UnsubscribeConfiguration"],
  "configuration.v1alpha1": [
    "GetConfigurationAlpha1",
    "SubscribeConfigurationAlpha1",
    "UnsubscribeConfigurationAlpha1",
  ],
  "lock.v1alpha1": ["TryLockAlpha1"],
  "unlock.v1alpha1": ["UnlockAlpha1"],
  "crypto.v1alpha1": ["EncryptAlpha1", "DecryptAlpha1"],
  "subtlecrypto.v1alpha1": ["GetKey", "Encrypt", "Decrypt", "Sign", "Verify", "WrapKey", "UnwrapKey"].map(
    (name) => `Subtle${name}Alpha1`,
  ),
  "workflows.v1alpha1": workflowsOf("Alpha1"),
  "workflows.v1beta1": workflowsOf("Beta1"),
  "jobs.v1": jobsOf(""),
  "jobs.v1alpha1": jobsOf("Alpha1"),
  "shutdown.v1": ["Shutdown"],
  "conversation.v1alpha1": ["ConverseAlpha1"],
  "conversation.v1alpha2": ["ConverseAlpha2"],
};

/**
 * Makes the check of calls of the gRPC door; proxied services of apps are no part of the API.
 *
 * @returns throws `UNIMPLEMENTED` for a path of the API that is not served; `undefined` if no rule concerns gRPC
 */
export function createGrpcApiAccess({ allowed, denied }: ApiAccessSettings): ((path: string) => void) | undefined {
  const [admitted, refused] = [pathsOf(allowed), pathsOf(denied)];
  if (admitted.size === 0 && refused.size === 0) return undefined;
  return (path) => {
    if (!path.startsWith("/dapr.proto.runtime.")) return;
    if (!refused.has(path) && (admitted.size === 0 || admitted.has(path))) return;
    throw httpStatusError(501, Buffer.from("requested endpoint is not available", "utf8"));
  };
}

function pathsOf(rules: readonly ApiRule[]): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ name, version, protocol }) => {
      const group = `${name}.${version}`;
      const isKnown = protocol === "grpc" && Object.hasOwn(groups, group);
      return isKnown ? (groups[group] ?? []).map((rpc) => service + rpc) : [];
    }),
  );
}

function workflowsOf(suffix: string): readonly string[] {
  const verbs = ["Start", "Get", "Terminate", "RaiseEvent", "Purge", "Pause", "Resume"];
  return verbs.map((verb) => `${verb}Workflow${suffix}`);
}

function jobsOf(suffix: string): readonly string[] {
  return ["ScheduleJob", "DeleteJob", "GetJob", "DeleteJobsByPrefix", "ListJobs"].map((name) => name + suffix);
}
