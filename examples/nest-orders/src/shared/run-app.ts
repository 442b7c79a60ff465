import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { type INestApplication, Logger, type Type } from "@nestjs/common";
import { startTracing, traceRequests } from "./tracing.js";

/** What one of the apps has for itself. */
export interface AppPlan {
  /** The platform of its HTTP server. */
  readonly platform: AbstractHttpAdapter;
  /** Called before the app starts. */
  readonly prepare?: (app: INestApplication) => Promise<void>;
}

/** Starts an app on `PORT` (a free one by default), says where it listens, and ends it with the process. */
export async function runApp(module: Type, { platform, prepare }: AppPlan): Promise<void> {
  startTracing();
  const app = await NestFactory.create(module, platform, { logger: ["error", "warn", "log"] });
  app.use(traceRequests);
  app.enableShutdownHooks();
  await prepare?.(app);
  await app.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
  new Logger(module.name).log(`listening on ${await app.getUrl()}`);
}
