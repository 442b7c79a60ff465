import { EventEmitter } from "node:events";
import type { NacosConfigAgent } from "@mecha/adapter-config";
import { ClientWorker } from "nacos-upstream";

/** The original's worker, which subscribes and compares, with its agent kept informed of what HTTP does not say. */
export class Worker extends ClientWorker {
  readonly #agent: NacosConfigAgent;

  constructor(options: object, agent: NacosConfigAgent) {
    super(options);
    this.#agent = agent;
  }

  override async getConfig(dataId: string, group: string): Promise<string> {
    const item = { dataId, group, namespace: this.namespace as string | undefined }; // an option that nacos types as any
    await this.#agent.checkSettings(item);
    const content = (await super.getConfig(dataId, group)) as string; // typed as any by nacos
    // Once the caller has noted the content: a subscription that is new would wait for the end of the poll under way.
    setImmediate(() => this.#agent.noteRead(item));
    return content;
  }

  override unSubscribe(info: object, listener?: (content: unknown) => void): this {
    super.unSubscribe(info, listener);
    this.#agent.noteUnsubscribed();
    return this;
  }

  override close(): void {
    super.close();
    // The original has no listener left here, and an error of a call under way would end the process.
    EventEmitter.prototype.on.call(this, "error", () => undefined);
  }
}
