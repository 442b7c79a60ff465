"use strict";

const http = require("node:http");
const logger = require("./logger");

/** An answer other than 200, thrown by a route. */
class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
}

function reply(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** `routes` maps "METHOD /path" to an async function of the request's body that gives the reply's body. */
function createServer(routes) {
  const server = http.createServer(async (request, response) => {
    if (!server.listening) response.setHeader("connection", "close"); // stopping: clients go elsewhere
    try {
      const route = routes[`${request.method} ${request.url}`];
      if (!route) throw new HttpError(404, `no such resource: ${request.method} ${request.url}`);
      reply(response, 200, await route(await readJson(request)));
    } catch (error) {
      if (!(error instanceof HttpError)) logger.error(error);
      reply(response, error.status || 500, { error: error.message });
    }
  });
  return server;
}

function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve(server.address());
    });
  });
}

/** Answers what has come in, takes nothing new. */
function close(server) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

module.exports = { HttpError, close, createServer, listen };
