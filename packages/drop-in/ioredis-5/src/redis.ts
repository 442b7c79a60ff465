import { redisOnRuntime } from "@mecha/adapter-cache/ioredis";
import { AbstractConnector, Redis as Original } from "ioredis-upstream";

/** `Redis` of ioredis 5: the original client, whose commands the Mecha runtime answers. */
export const Redis = redisOnRuntime({ Redis: Original, AbstractConnector });

/** A client of ioredis 5. */
export type Redis = Original;
