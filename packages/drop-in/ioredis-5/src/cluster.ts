import { Cluster as Upstream, type ClusterNode, type ClusterOptions } from "ioredis-upstream";
import { RuntimeConnector } from "./connector.js";

/** `Cluster` of ioredis 5: the original client, each of whose nodes is the one cache behind the runtime. */
export class Cluster extends Upstream {
  constructor(startupNodes: ClusterNode[], options: ClusterOptions = {}) {
    const transport = { Connector: RuntimeConnector, username: undefined, password: undefined };
    super(startupNodes, { ...options, redisOptions: { ...options.redisOptions, ...transport } });
  }
}
