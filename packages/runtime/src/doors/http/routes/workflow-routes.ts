import { randomUUID } from "node:crypto";
import { daprMethods, type UnaryMethod } from "@mecha/sdk-core/protocol";
import { param, type HttpRoute, type RouteContext } from "../route.js";

const versions = ["v1.0", "v1.0-beta1", "v1.0-alpha1"] as const;

/** Management of workflows: `/v1.0/workflows/…`. */
export const workflowRoutes: readonly HttpRoute[] = [
  {
    verbs: ["POST"],
    versions,
    path: "workflows/:component/:name/start",
    async answer(context) {
      const { call, ask } = context;
      const { instanceId } = await ask(daprMethods.startWorkflowBeta1, {
        workflowComponent: param(context, "component"),
        workflowName: param(context, "name"),
        instanceId: call.query.get("instanceID") ?? randomUUID(),
        options: {},
        input: await call.bytes(),
      });
      call.sendJson({ instanceID: instanceId }, 202);
    },
  },
  { verbs: ["GET"], versions, path: "workflows/:component/:name", answer: getWorkflow },
  {
    verbs: ["POST"],
    versions,
    path: "workflows/:component/:name/raiseEvent/:eventName",
    async answer(context) {
      const eventData = await context.call.bytes();
      const eventName = param(context, "eventName");
      await context.ask(daprMethods.raiseEventWorkflowBeta1, { ...instanceOf(context), eventName, eventData });
      accepted(context);
    },
  },
  change("terminate", daprMethods.terminateWorkflowBeta1),
  change("pause", daprMethods.pauseWorkflowBeta1),
  change("resume", daprMethods.resumeWorkflowBeta1),
  change("purge", daprMethods.purgeWorkflowBeta1),
];

/** Which instance a path is about. The router wants one name for the part that is an instance here and a workflow at `start`. */
function instanceOf(context: RouteContext): Instance {
  return { workflowComponent: param(context, "component"), instanceId: param(context, "name") };
}

interface Instance {
  readonly workflowComponent: string;
  readonly instanceId: string;
}

function change<O>(operation: string, method: UnaryMethod<Instance, O>): HttpRoute {
  return {
    verbs: ["POST"],
    versions,
    path: `workflows/:component/:name/${operation}`,
    async answer(context) {
      await context.ask(method, instanceOf(context));
      accepted(context);
    },
  };
}

function accepted({ call }: RouteContext): void {
  call.sendJson({}, 202);
}

async function getWorkflow(context: RouteContext): Promise<void> {
  const { instanceId, workflowName, createdAt, lastUpdatedAt, runtimeStatus, properties } = await context.ask(
    daprMethods.getWorkflowBeta1,
    instanceOf(context),
  );
  context.call.sendJson({
    instanceID: instanceId,
    workflowName,
    createdAt,
    lastUpdatedAt,
    runtimeStatus,
    properties,
  });
}
