import { type common, daprMethods, type jobs, Value } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { durationMs } from "../../../resources/duration.js";
import { malformedBody, type JsonFields } from "../json-fields.js";
import { toDuration } from "../to-duration.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";

/** Says that the data of a job is a JSON value in protobuf's own form. */
const valueType = "type.googleapis.com/google.protobuf.Value";

const versions = ["v1.0", "v1.0-alpha1"] as const;

/** Jobs: `/v1.0/jobs/…`. */
export const jobRoutes: readonly HttpRoute[] = [
  { verbs: ["POST"], versions, path: "jobs/:name", answer: schedule },
  { verbs: ["GET"], versions, path: "jobs/:name", answer: getJob },
  {
    verbs: ["DELETE"],
    versions,
    path: "jobs/:name",
    async answer(context) {
      await context.ask(daprMethods.deleteJob, { name: param(context, "name") });
      context.call.sendNothing();
    },
  },
];

async function schedule(context: RouteContext): Promise<void> {
  const body = await context.call.optionalFields();
  if (body.text("name") !== "") {
    throw new MechaError("INVALID_ARGUMENT", "Set the job name in the url only", {
      reason: "DAPR_SCHEDULER_JOB_NAME",
      metadata: { appID: context.runtime.appId },
      httpStatus: 400,
    });
  }
  const data = body.any("data");
  const repeats = body.optionalCount("repeats");
  await context.ask(daprMethods.scheduleJob, {
    job: {
      name: param(context, "name").trim(),
      schedule: body.optionalText("schedule"),
      repeats,
      dueTime: body.optionalText("dueTime"),
      ttl: body.optionalText("ttl"),
      data:
        data === undefined
          ? undefined
          : { typeUrl: valueType, value: Buffer.from(Value.encode(Value.wrap(data)).finish()) },
      failurePolicy: body.any("failurePolicy") === undefined ? undefined : toPolicy(body.fields("failurePolicy")),
    },
    overwrite: body.optionalBoolean("overwrite") ?? false,
  });
  context.call.sendNothing();
}

async function getJob(context: RouteContext): Promise<void> {
  const { job } = await context.ask(daprMethods.getJob, { name: param(context, "name") });
  if (job === undefined) context.call.sendNothing();
  else context.call.sendJson(jobJson(job));
}

function jobJson({ name, schedule: when, repeats, dueTime, ttl, data, failurePolicy }: jobs.Job): unknown {
  return {
    name,
    ...(when !== undefined && { schedule: when }),
    ...(repeats !== undefined && { repeats }),
    ...(dueTime !== undefined && { dueTime }),
    ...(ttl !== undefined && { ttl }),
    ...(data !== undefined && { data: { "@type": data.typeUrl, value: dataJson(data) } }),
    ...(failurePolicy !== undefined && { failurePolicy: policyJson(failurePolicy) }),
  };
}

function dataJson({ typeUrl, value }: NonNullable<jobs.Job["data"]>): unknown {
  return typeUrl === valueType ? Value.unwrap(Value.decode(value)) : value.toString("base64");
}

/** A failure policy in the JSON form of protobuf. */
export function toPolicy(fields: JsonFields): common.JobFailurePolicy {
  if (fields.any("constant") === undefined) return { policy: { $case: "drop", value: {} } };
  const constant = fields.fields("constant");
  const interval = constant.optionalText("interval");
  const ms = interval === undefined ? undefined : durationMs(interval);
  if (interval !== undefined && ms === undefined) throw malformedBody('"interval" must be a duration such as "5s"');
  return {
    policy: {
      $case: "constant",
      value: {
        interval: ms === undefined ? undefined : toDuration(ms),
        maxRetries: constant.optionalCount("maxRetries"),
      },
    },
  };
}

function policyJson({ policy }: common.JobFailurePolicy): unknown {
  if (policy?.$case !== "constant") return { drop: {} };
  const { interval, maxRetries } = policy.value;
  return {
    constant: {
      ...(interval && { interval: `${String(Number(interval.seconds) + interval.nanos / 1e9)}s` }),
      ...(maxRetries !== undefined && { maxRetries }),
    },
  };
}
