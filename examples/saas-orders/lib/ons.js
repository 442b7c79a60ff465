"use strict";

const httpclient = require("urllib");
const logger = require("./logger");

/** Settings that producers and consumers share. */
function clientOptions({ nameSrv, accessKey, secretKey, namespace }) {
  return {
    httpclient,
    nameSrv,
    accessKey,
    secretKey,
    namespace,
    logger: { ...logger, info: logger.debug }, // it tells of every pull
    instanceName: String(process.pid), // one connection for all clients of the process
    pollNameServerInteval: 5000, // spelt as the library spells it
    heartbeatBrokerInterval: 5000,
    rebalanceInterval: 5000,
  };
}

module.exports = { clientOptions };
