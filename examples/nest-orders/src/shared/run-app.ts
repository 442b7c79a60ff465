import { Logger, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { INestApplication } from "@nestjs/common";

/** Starts an app on `PORT` (a free one by default), says where it listens, and ends it with the process. */
export async function runApp(module: Type, prepare?: (app: INestApplication) => Promise<void>): Promise<void> {
  const app = await NestFactory.create(module, { logger: ["error", "warn", "log"] });
  app.enableShutdownHooks();
  await prepare?.(app);
  await app.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
  new Logger(module.name).log(`listening on ${await app.getUrl()}`);
}
