import { cache } from "./cache/cache.js";
import { client } from "./client/client.js";
import { first } from "./first/first.js";
import { nest } from "./nest/nest.js";
import { runtime } from "./runtime/runtime.js";
import { type Topic } from "./topic.js";

/** Everything that can be measured, by the name on the command line. */
export const topics: Readonly<Record<string, Topic>> = { cache, client, first, nest, runtime };
