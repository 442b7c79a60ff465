import { type CanActivate, type ExecutionContext, Injectable } from "@nestjs/common";
import { IsInt, IsString } from "class-validator";
import type { HandlerContext } from "../src/index.js";

/** What the apps of tests are sent. */
export class Order {
  @IsString()
  id!: string;

  @IsInt()
  total!: number;
}

/** What is injected into handlers and what stands before them. */
@Injectable()
export class Clock {
  readonly now = "noon";
}

/** What has happened, in its order. */
@Injectable()
export class Log {
  readonly lines: unknown[] = [];
}

/** Found by its class in the module, so that its own dependencies show whether it was. Refuses the order `forbidden`. */
@Injectable()
export class NoForbidden implements CanActivate {
  constructor(
    readonly clock: Clock,
    readonly log: Log,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const order = context.switchToRpc().getData<Order | undefined>();
    const { name } = context.switchToRpc().getContext<HandlerContext>();
    this.log.lines.push(["guard", context.getType(), name, this.clock.now]);
    return order?.id !== "forbidden";
  }
}
