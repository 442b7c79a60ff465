// The server side of gRPC by itself: whoever only serves does not load the library of the client.
export { createGrpcServer, type GrpcServer, type GrpcServerOptions, type ListenAddress } from "./grpc/server.js";
