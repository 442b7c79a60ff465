import { type FactoryProvider, ValidationPipe } from "@nestjs/common";
import { APP_PIPE } from "@nestjs/core";

/** Checks what comes in against its class: by HTTP, by event, by invocation alike. */
export const validation: FactoryProvider = {
  provide: APP_PIPE,
  useFactory: () => new ValidationPipe({ transform: true, whitelist: true }),
};
