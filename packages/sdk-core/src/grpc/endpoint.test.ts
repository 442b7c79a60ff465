import { describe, expect, it } from "vitest";
import { parseGrpcEndpoint } from "./endpoint.js";

describe("an endpoint in the syntax of DAPR_GRPC_ENDPOINT", () => {
  it.each([
    ["127.0.0.1:50001", "127.0.0.1:50001", false],
    ["dapr", "dapr:443", false],
    ["dapr:50001", "dapr:50001", false],
    [":50001", "localhost:50001", false],
    ["dapr:50001?tls=true", "dapr:50001", true],
    ["dapr:50001?tls=false", "dapr:50001", false],
    ["http://dapr:50001", "dapr:50001", false],
    ["http://dapr:50001/", "dapr:50001", false],
    ["https://dapr.example.com", "dapr.example.com:443", true],
    ["https://dapr.example.com:8443", "dapr.example.com:8443", true],
    ["grpc://dapr:50001", "dapr:50001", false],
    ["grpcs://dapr:50001", "dapr:50001", true],
    ["dns:dapr:50001", "dns:dapr:50001", false],
    ["dns:dapr?tls=true", "dns:dapr:443", true],
    ["dns://8.8.8.8/dapr:50001?tls=TRUE", "dns://8.8.8.8/dapr:50001", true],
    ["[::1]:50001", "[::1]:50001", false],
    ["ipv4:127.0.0.1:50001", "ipv4:127.0.0.1:50001", false],
    ["ipv6:[::1]:50001", "ipv6:[::1]:50001", false],
    ["unix:/run/dapr.sock", "unix:/run/dapr.sock", false],
    ["unix:///run/dapr.sock", "unix:///run/dapr.sock", false],
    ["unix-abstract:dapr", "unix-abstract:dapr", false],
  ])("%s", (endpoint, target, secure) => {
    expect(parseGrpcEndpoint(endpoint)).toEqual({ target, secure });
  });

  it.each([
    ["", "it names no host and port"],
    ["dapr:50001/path", "it names no host and port"],
    ["https://dapr/path", "it names no host and port"],
    ["https://dapr?tls=true", "http and https say by themselves whether TLS is used"],
    ["dapr:50001?tls=maybe", 'only ?tls=true and ?tls=false are known, not "?tls=maybe"'],
    ["dapr:50001?user=me", "of parameters only"],
    ["ftp://dapr:21", "it names no host and port"],
    ["host with spaces:1", "it names no host and port"],
  ])("refuses %s", (endpoint, reason) => {
    expect(() => parseGrpcEndpoint(endpoint)).toThrow(reason);
  });
});
