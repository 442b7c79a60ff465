import { registerDropIn } from "@mecha/adapter-rpc";
import * as upstream from "sofa-rpc-node-upstream";
import { RpcClient } from "./rpc-client.js";
import { RpcConsumer } from "./rpc-consumer.js";
import { RpcServer } from "./rpc-server.js";
import { ZookeeperRegistry } from "./zookeeper-registry.js";

/** The original's exports with some replaced. Descriptors are kept, since its gRPC parts load only when they are read. */
function replaced<T extends object, R extends object>(original: T, replacements: R): T & R {
  const copy = Object.create(
    Object.getPrototypeOf(original) as object,
    Object.getOwnPropertyDescriptors(original),
  ) as T;
  return Object.assign(copy, replacements);
}

/** `client` of sofa-rpc-node, with `RpcClient` and `RpcConsumer` over the runtime. */
export const client = replaced(upstream.client, { RpcClient, RpcConsumer });
/** `server` of sofa-rpc-node, with `RpcServer` over the runtime. */
export const server = replaced(upstream.server, { RpcServer });
/** `registry` of sofa-rpc-node, with a `ZookeeperRegistry` that contacts nobody. */
export const registry = replaced(upstream.registry, { ZookeeperRegistry });
/** `test` of sofa-rpc-node, unchanged. */
export const test = upstream.test;

registerDropIn({ name: "sofa-rpc-node", replacement: "npm:@mecha/sofa-rpc-node@^2.10.0", upstream: upstream.client });
