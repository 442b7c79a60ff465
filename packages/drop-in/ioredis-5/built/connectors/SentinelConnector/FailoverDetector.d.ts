export * from "ioredis-upstream/built/connectors/SentinelConnector/FailoverDetector.js";
