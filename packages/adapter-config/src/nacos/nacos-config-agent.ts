import { holdProcess } from "@mecha/adapter-kit";
import { MechaError } from "@mecha/sdk-core";
import type { ConfigItem } from "../config-item.js";
import { type ConfigSession, createConfigSession } from "../config-session.js";
import { formatChanged, parseProbe } from "./listener-probe.js";
import { createLongPolls, type LongPolls } from "./long-polls.js";
import { toNacosError } from "./nacos-errors.js";

/** A request as the client's workers make it; see `HttpAgent.request` of nacos-config 2.6. */
export interface NacosRequest {
  readonly method?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What the client gives its agent. */
export interface NacosAgentOptions {
  readonly configuration: {
    /** One of the client's options. */
    get(key: "requestTimeout"): unknown;
  };
}

/** The original's default for `requestTimeout`. */
const defaultTimeoutMs = 5_000;

/**
 * What nacos 2.6 takes as `httpAgent`: the place of its HTTP transport. Answers the requests of the client's workers from the
 * runtime: GET, POST and DELETE of a configuration, and the listener's long poll.
 *
 * Of the client's options only `requestTimeout` is read, so neither addresses nor credentials are used. It holds the process while a
 * request waits, as the original's socket does.
 */
export class NacosConfigAgent {
  readonly #session: ConfigSession;
  readonly #polls: LongPolls;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor({ configuration }: NacosAgentOptions) {
    const timeoutMs = configuration.get("requestTimeout");
    this.#session = createConfigSession({
      timeoutMs: typeof timeoutMs === "number" && timeoutMs > 0 ? timeoutMs : defaultTimeoutMs,
    });
    this.#polls = createLongPolls(this.#session);
  }

  /**
   * Answers a request.
   *
   * @param path - of Nacos's open API v1
   * @throws an error of the original client; see `toNacosError`
   */
  async request(path: string, { method = "GET", data = {} }: NacosRequest = {}): Promise<string | null> {
    const hold = holdProcess();
    try {
      if (path.endsWith("/listener")) return await this.#poll(data);
      const call = this.#call(method, data);
      this.#underWay.add(call);
      return await call.finally(() => this.#underWay.delete(call));
    } catch (error) {
      throw toNacosError(error, `${method} ${path}`);
    } finally {
      hold.release();
      // The original answers single calls even after its close; the connection shall not stay open for that.
      if (this.#isClosed && this.#underWay.size === 0) await this.#session.close();
    }
  }

  async #poll(data: Readonly<Record<string, unknown>>): Promise<string> {
    try {
      return formatChanged(await this.#polls.poll(parseProbe(textOf(data["Listening-Configs"]) ?? "")));
    } catch (error) {
      // After close nobody listens for errors any more, and an unheard one would end the process.
      if (this.#isClosed) return "";
      throw error;
    }
  }

  async #call(method: string, data: Readonly<Record<string, unknown>>): Promise<string | null> {
    const item = itemOf(data);
    if (method === "GET") return (await this.#session.read(item)) ?? null;
    if (method === "DELETE") await this.#session.remove(item);
    else
      await this.#session.publish(item, textOf(data["content"]) ?? "", {
        type: textOf(data["type"]),
        appName: textOf(data["appName"]),
      });
    return "true";
  }

  /**
   * Rejects if settings or resources name no component for an item. The client would hide that behind a snapshot of old times.
   *
   * @throws an error of the original client
   */
  async checkSettings(data: ConfigItem): Promise<void> {
    try {
      await this.#session.route(data);
    } catch (error) {
      if (MechaError.is(error) && error.code === "CONFIGURATION_INVALID")
        throw toNacosError(error, "GET /v1/cs/configs");
      // What is merely out of reach is the request's to report, and a snapshot's to help out with.
    }
  }

  /** Says that the client has read an item which it may be about to watch: a poll without it must not keep it waiting. */
  noteRead(item: ConfigItem): void {
    this.#polls.include(item);
  }

  /** Says that the client watches less than before. */
  noteUnsubscribed(): void {
    this.#polls.restart();
  }

  /** Ends polls, waits for the other requests under way, and gives the connection back. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#polls.close();
    await Promise.allSettled(this.#underWay);
    await this.#session.close();
  }
}

function itemOf(data: Readonly<Record<string, unknown>>): ConfigItem {
  return {
    dataId: textOf(data["dataId"]) ?? "",
    group: textOf(data["group"]) ?? "",
    namespace: textOf(data["tenant"]),
  };
}

/** Text of a form field; the original's form encodes numbers and such as text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
