import type { Invocation } from "@mecha/sdk-core";
import type { HandlerContext } from "@mecha/sdk-nest";
import { Inject, Injectable, Scope } from "@nestjs/common";
import { REQUEST } from "@nestjs/core";

/** The app that invokes: made for each call, which is its request. */
@Injectable({ scope: Scope.REQUEST })
export class Caller {
  readonly appId: string;

  constructor(@Inject(REQUEST) { message }: HandlerContext<Invocation>) {
    this.appId = message.headers["dapr-caller-app-id"] ?? "unknown";
  }
}
