export { createGrpcTransport, type GrpcTransportOptions } from "./grpc-transport.js";
export { createGrpcServer, type GrpcServer, type GrpcServerOptions, type ListenAddress } from "./server.js";
export { methodHandlers, type MethodHandler } from "./method-handler.js";
export { serveAppCallback } from "./app-callback-server.js";
