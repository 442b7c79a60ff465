import { common, daprMethods, type state } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { withJsonPayload } from "../../json-payload.js";
import { goJson } from "../go-json.js";
import { JsonFields, malformedBody } from "../json-fields.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";
import { rawJson } from "../raw-json.js";
import { daprError } from "../../../errors/dapr-error.js";

/** State: `/v1.0/state/…`, and queries at `/v1.0-alpha1/state/…/query`. */
export const stateRoutes: readonly HttpRoute[] = [
  { verbs: ["GET"], path: "state/:storeName/:key", answer: getState },
  { verbs: ["POST", "PUT"], path: "state/:storeName", answer: saveState },
  { verbs: ["DELETE"], path: "state/:storeName/:key", answer: deleteState },
  { verbs: ["POST", "PUT"], path: "state/:storeName/bulk", answer: getBulk },
  { verbs: ["POST", "PUT"], path: "state/:storeName/transaction", answer: transact },
  { verbs: ["POST", "PUT"], versions: ["v1.0-alpha1"], path: "state/:storeName/query", answer: query },
];

async function getState(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const { data, etag, metadata } = await ask(daprMethods.getState, {
    storeName: param(context, "storeName"),
    key: param(context, "key"),
    consistency: consistencyOf(call.query.get("consistency") ?? ""),
    metadata: call.queryMetadata,
  });
  if (data.length === 0) {
    call.sendNothing();
    return;
  }
  call.sendBytes(data, { headers: { ...(etag !== "" && { ETag: etag }), ...call.metadataHeaders(metadata) } });
}

async function saveState(context: RouteContext): Promise<void> {
  const { call, askIn } = context;
  const items = (await call.json()) ?? [];
  if (!Array.isArray(items)) throw malformedBody("a list of items is needed");
  const storeName = param(context, "storeName");
  const states = items.map((item: unknown) => {
    const fields = withKey(new JsonFields(item));
    const unknown = unknownOption(
      fields.fields("options").text("concurrency"),
      fields.fields("options").text("consistency"),
    );
    if (unknown !== undefined)
      throw daprError("stateSave", `failed saving state in state store ${storeName}: ${unknown}`, {
        component: storeName,
      });
    return toItem(fields, call.queryMetadata);
  });
  await askIn(daprMethods.saveState, { storeName, states }, withJsonPayload(call.context));
  call.sendNothing();
}

function withKey(item: JsonFields): JsonFields {
  if (item.text("key") !== "") return item;
  throw new MechaError("INVALID_ARGUMENT", '"key" is a required field', {
    reason: "ERR_MALFORMED_REQUEST",
    httpStatus: 400,
  });
}

async function deleteState(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const etag = call.headers["if-match"];
  const concurrency = call.query.get("concurrency") ?? "";
  const consistency = call.query.get("consistency") ?? "";
  const [storeName, key] = [param(context, "storeName"), param(context, "key")];
  const unknown = unknownOption(concurrency, consistency);
  if (unknown !== undefined)
    throw daprError("stateDelete", `failed deleting state with key ${key}: ${unknown}`, { component: storeName });
  await ask(daprMethods.deleteState, {
    storeName,
    key,
    ...(etag !== undefined && { etag: { value: etag } }),
    options: { concurrency: concurrencyOf(concurrency), consistency: consistencyOf(consistency) },
    metadata: call.queryMetadata,
  });
  call.sendNothing();
}

async function getBulk(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const body = await call.fields();
  const { items } = await ask(daprMethods.getBulkState, {
    storeName: param(context, "storeName"),
    keys: body.list("keys").map(toKey),
    parallelism: body.whole("parallelism"),
    metadata: { ...body.texts("metadata"), ...call.queryMetadata },
  });
  call.sendBytes(Buffer.from(`[${items.map(bulkItemJson).join(",")}]`, "utf8"));
}

/** Data goes out as it was written, so that no number loses digits. */
function bulkItemJson({ key, data, etag, metadata, error }: state.BulkStateItem): string {
  const fields = JSON.stringify({
    key,
    ...(etag !== "" && { etag }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(error !== "" && { error }),
  });
  return data.length === 0 ? fields : `${fields.slice(0, -1)},"data":${rawJson(data)}}`;
}

function toKey(key: unknown): string {
  if (typeof key === "string") return key;
  throw malformedBody('each of "keys" must be text');
}

async function transact(context: RouteContext): Promise<void> {
  const { call, askIn } = context;
  const body = await call.fields();
  const metadata = { ...body.texts("metadata"), ...call.queryMetadata };
  const operations = body.list("operations").map((one) => {
    const operation = new JsonFields(one);
    const operationType = operation.text("operation");
    if (operationType !== "upsert" && operationType !== "delete") {
      throw daprError("stateOperationNotSupported", `operation type ${operationType} not supported`, {
        httpStatus: 400,
      });
    }
    return { operationType, request: toItem(operation.fields("request"), call.queryMetadata) };
  });
  const transaction = { storeName: param(context, "storeName"), operations, metadata };
  await askIn(daprMethods.executeStateTransaction, transaction, withJsonPayload(call.context));
  call.sendNothing();
}

async function query(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const { results, token, metadata } = await ask(daprMethods.queryStateAlpha1, {
    storeName: param(context, "storeName"),
    query: (await call.bytes()).toString("utf8"),
    metadata: call.queryMetadata,
  });
  if (results.length === 0) {
    call.sendNothing();
    return;
  }
  const items = results.map(({ key, data, etag, error }) => {
    const fields = JSON.stringify({ key, ...(etag !== "" && { etag }), ...(error !== "" && { error }) });
    return `${fields.slice(0, -1)},"data":${data.length === 0 ? "null" : rawJson(data)}}`;
  });
  const rest = JSON.stringify({
    ...(token !== "" && { token }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  }).slice(1);
  const separator = rest === "}" ? "" : ",";
  call.sendBytes(Buffer.from(`{"results":[${items.join(",")}]${separator}${rest}`, "utf8"));
}

/** An item of a request. Its value is stored as JSON, which is what daprd's HTTP API stores. */
function toItem(item: JsonFields, metadata: Readonly<Record<string, string>>): common.StateItem {
  const etag = item.optionalText("etag");
  const options = item.fields("options");
  return {
    key: item.text("key"),
    value: Buffer.from(goJson(item.any("value") ?? null), "utf8"),
    ...(etag !== undefined && { etag: { value: etag } }),
    metadata: { ...item.texts("metadata"), ...metadata },
    options: {
      concurrency: concurrencyOf(options.text("concurrency")),
      consistency: consistencyOf(options.text("consistency")),
    },
  };
}

/** What is wrong with the options of a write, as daprd's stores say it; transactions and reads do not look. */
function unknownOption(concurrency: string, consistency: string): string | undefined {
  if (!["", "first-write", "last-write"].includes(concurrency))
    return `unrecognized concurrency model '${concurrency}'`;
  if (!["", "strong", "eventual"].includes(consistency)) return `unrecognized consistency model '${consistency}'`;
  return undefined;
}

function concurrencyOf(name: string): common.StateOptions_StateConcurrency {
  const { CONCURRENCY_FIRST_WRITE, CONCURRENCY_LAST_WRITE, CONCURRENCY_UNSPECIFIED } =
    common.StateOptions_StateConcurrency;
  if (name === "first-write") return CONCURRENCY_FIRST_WRITE;
  return name === "last-write" ? CONCURRENCY_LAST_WRITE : CONCURRENCY_UNSPECIFIED;
}

function consistencyOf(name: string): common.StateOptions_StateConsistency {
  const { CONSISTENCY_STRONG, CONSISTENCY_EVENTUAL, CONSISTENCY_UNSPECIFIED } = common.StateOptions_StateConsistency;
  if (name === "strong") return CONSISTENCY_STRONG;
  return name === "eventual" ? CONSISTENCY_EVENTUAL : CONSISTENCY_UNSPECIFIED;
}
