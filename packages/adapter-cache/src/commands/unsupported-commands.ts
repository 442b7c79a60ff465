/** Commands that Redis 7.0 has and the portable engine has not: refused by name, not as unknown. */
const names = `
  acl asking bgrewriteaof bgsave 
  cluster command config copy dbsize debug dump eval eval_ro evalsha evalsha_ro failover
  fcall fcall_ro flushall flushdb function   keys lastsave latency lcs lmpop lolwut lpos memory migrate
  module monitor move object pfdebug pfselftest psync 
  randomkey readonly readwrite replconf replicaof restore restore-asking role save scan script shutdown
  sintercard slaveof slowlog sort sort_ro swapdb sync time 
  wait 
  zdiff zdiffstore zinter zintercard zinterstore zmpop zrandmember zrangestore zunion zunionstore
`;

/** The names of the commands of Redis that the portable engine does not do. */
export const unsupportedCommands: ReadonlySet<string> = new Set(names.trim().split(/\s+/));
