import { SecretValue } from "@mecha/sdk-nest";
import { type CanActivate, type ExecutionContext, Injectable } from "@nestjs/common";
import type { IncomingMessage } from "node:http";

/** Lets those in who send the partners' key. */
@Injectable()
export class PartnerGuard implements CanActivate {
  constructor(@SecretValue("vault", "PARTNER_KEY") private readonly key: string) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    return headers["x-partner-key"] === this.key;
  }
}
