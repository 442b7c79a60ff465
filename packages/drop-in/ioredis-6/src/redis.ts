import { redisOnRuntime } from "@mecha/adapter-cache/ioredis";
import { AbstractConnector, Redis as Original } from "ioredis-6-upstream";
import type { ReplyMappingMode } from "ioredis-6-upstream/built/types.js";

/** `Redis` of ioredis 6: the original client, whose commands the Mecha runtime answers. */
export const Redis = redisOnRuntime({ Redis: Original, AbstractConnector });

/** A client of ioredis 6. */
export type Redis<ReplyMapping extends ReplyMappingMode = "legacy"> = Original<ReplyMapping>;
