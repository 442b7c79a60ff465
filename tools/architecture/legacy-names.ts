/**
 * Names of legacy packages that have or will have a drop-in (PRODUCT.md's rows 4 to 7). A drop-in takes the name in a
 * user's node_modules, so no package of ours depends on such a name: the real client is `<name>-upstream`, an alias.
 */
export const legacyNames: readonly string[] = [
  // Cache
  "ioredis",
  "redis",
  "tair",
  "memcached",
  "memjs",
  // Message
  "ali-ons",
  "egg-ons",
  "rocketmq-client-nodejs",
  "kafkajs",
  "amqplib",
  "mqtt",
  "@aliyunmq/mq-http-sdk",
  // Configuration and naming
  "nacos",
  "nacos-config",
  "nacos-naming",
  "acm-client",
  "ctrip-apollo",
  // RPC
  "sofa-rpc-node",
  "dubbo2.js",
  "apache-dubbo-js",
  // @grpc/grpc-js and axios join with their drop-ins.
];

/** The real client of each drop-in or backend: alias to the exact version behind it. One place, which a test checks. */
export const upstreamAliases: Readonly<Record<string, string>> = {
  "ali-ons-upstream": "npm:ali-ons@3.12.0",
  "ioredis-upstream": "npm:ioredis@5.11.1",
  "ioredis-6-upstream": "npm:ioredis@6.0.0",
  "nacos-upstream": "npm:nacos@2.6.3",
  "redis-4-upstream": "npm:redis@4.7.1",
  "redis-5-upstream": "npm:redis@5.12.1",
  "redis-6-upstream": "npm:redis@6.3.1",
  "sofa-rpc-node-upstream": "npm:sofa-rpc-node@2.10.0",
};
