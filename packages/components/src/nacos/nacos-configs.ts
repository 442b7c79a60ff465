import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { MechaError } from "@mecha/spec";
import type { HttpResponse } from "./http-exchange.js";
import type { NacosAddress } from "./nacos-key.js";
import type { NacosServer } from "./nacos-server.js";

/** A published content. */
export interface NacosContent {
  readonly content: string;
  /** MD5 of the content in UTF-8, lower-case hexadecimal, as Nacos itself computes it. */
  readonly md5: string;
}

/** What a publisher may say besides the content. */
export interface PublishOptions {
  /** `text`, `json`, `yaml`, `properties`, …: how Nacos's console shows it. */
  readonly type?: string | undefined;
  readonly appName?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const path = "/v1/cs/configs";
const word = "\u0002";
const line = "\u0001";
/** How long a read goes on while Nacos says that it is writing the item just now (status 409), and how often it asks. */
const writePatienceMs = 3_000;
const writePauseMs = 25;
/** How long Nacos holds a poll that has nothing to report. */
const holdMs = 30_000;

interface Page {
  readonly pagesAvailable?: number;
  readonly pageItems?: readonly {
    readonly tenant?: string;
    readonly group: string;
    readonly dataId: string;
    readonly content: string;
  }[];
}

/** The configuration calls of Nacos's open API (v1, served by Nacos 1 and 2). */
export interface NacosConfigs {
  /** Reads an item; `undefined` if there is none. */
  get(
    address: NacosAddress,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<NacosContent | undefined>;
  /** Reads every item of a namespace. */
  list(
    tenant: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (NacosAddress & NacosContent)[]>;
  publish(address: NacosAddress, content: string, options?: PublishOptions): Promise<void>;
  /** Removes an item; one that does not exist is removed already. */
  remove(address: NacosAddress, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Waits until one of the items has another MD5 than the one given (empty: absent), or Nacos has held the poll long enough. */
  poll(tenant: string, items: readonly WatchedItem[], signal: AbortSignal): Promise<readonly NacosAddress[]>;
}

/** What a poll compares. */
export interface WatchedItem extends NacosAddress {
  readonly md5: string;
}

/** MD5 as Nacos computes it, empty for an absent item. */
export function md5Of(content: string | undefined): string {
  return content === undefined ? "" : createHash("md5").update(content, "utf8").digest("hex");
}

/** Makes the configuration calls over a server. */
export function createNacosConfigs(server: NacosServer): NacosConfigs {
  function unexpected(operation: string, response: HttpResponse): MechaError {
    const code = response.status === 409 ? "ABORTED" : response.status === 400 ? "INVALID_ARGUMENT" : "INTERNAL";
    return server.failure(code, operation, `status ${response.status}: ${response.body.slice(0, 200)}`);
  }

  return {
    async get({ tenant, group, dataId }, options) {
      const operation = "configuration.get";
      const call = {
        method: "GET",
        path,
        parameters: { tenant, group, dataId },
        operation,
        signal: options?.signal,
      } as const;
      const patient = performance.now() + writePatienceMs;
      let response = await server.call(call);
      while (response.status === 409 && performance.now() < patient) {
        await delay(writePauseMs, undefined, { signal: options?.signal }).catch(() => undefined); // the next call says that it was cancelled
        response = await server.call(call);
      }
      // Another 404, with a page of HTML, means that this is not Nacos or the context path is wrong.
      if (response.status === 404 && /config data not exist/i.test(response.body)) return undefined;
      if (response.status !== 200) throw unexpected(operation, response);
      return { content: response.body, md5: md5Of(response.body) };
    },

    async list(tenant, options) {
      const operation = "configuration.get";
      const found: (NacosAddress & NacosContent)[] = [];
      for (let pageNo = 1, pages = 1; pageNo <= pages; pageNo++) {
        const parameters = {
          search: "accurate",
          tenant,
          group: "",
          dataId: "",
          pageNo: String(pageNo),
          pageSize: "100",
        };
        const response = await server.call({ method: "GET", path, parameters, operation, signal: options?.signal });
        if (response.status !== 200) throw unexpected(operation, response);
        const page = JSON.parse(response.body) as Page; // the shape that Nacos documents
        pages = page.pagesAvailable ?? 1;
        for (const { group, dataId, content } of page.pageItems ?? [])
          found.push({ tenant, group, dataId, content, md5: md5Of(content) });
      }
      return found;
    },

    async publish({ tenant, group, dataId }, content, options) {
      const operation = "binding.create";
      const parameters = { tenant, group, dataId, content, type: options?.type, appName: options?.appName };
      const response = await server.call({ method: "POST", path, parameters, operation, signal: options?.signal });
      if (response.status !== 200 || response.body.trim() !== "true") throw unexpected(operation, response);
    },

    async remove({ tenant, group, dataId }, options) {
      const operation = "binding.delete";
      const response = await server.call({
        method: "DELETE",
        path,
        parameters: { tenant, group, dataId },
        operation,
        signal: options?.signal,
      });
      if (response.status !== 200) throw unexpected(operation, response);
    },

    async poll(tenant, items, signal) {
      const operation = "configuration.subscribe";
      const probe = items.map(
        ({ dataId, group, md5 }) => [dataId, group, md5, ...(tenant === "" ? [] : [tenant])].join(word) + line,
      );
      const response = await server.call({
        method: "POST",
        path: `${path}/listener`,
        parameters: { "Listening-Configs": probe.join(""), ...(tenant !== "" && { tenant }) },
        headers: { "Long-Pulling-Timeout": String(holdMs) },
        operation,
        signal,
        timeoutMs: holdMs + 10_000,
        isBackground: true,
      });
      if (response.status !== 200) throw unexpected(operation, response);
      return changedIn(response.body, tenant);
    },
  };
}

function changedIn(body: string, tenant: string): NacosAddress[] {
  return decodeURIComponent(body.trim())
    .split(line)
    .map((entry) => entry.split(word))
    .flatMap(([dataId, group]) => (dataId && group ? [{ tenant, group, dataId }] : []));
}
