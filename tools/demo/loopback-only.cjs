"use strict";

// Preloaded into the example's processes under test: a server that names no host, as sofa-rpc-node's RpcServer, listens
// on the loopback interface instead of on all of them.
const net = require("node:net");

const { listen } = net.Server.prototype;

net.Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  const namesHost = typeof rest[0] === "string";
  return typeof port === "number" && !namesHost
    ? listen.call(this, port, "127.0.0.1", ...rest)
    : listen.call(this, port, ...rest);
};
