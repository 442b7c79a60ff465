import { MechaHealthIndicator } from "@mecha/sdk-nest/health";
import { Controller, type DynamicModule, Get, Inject, Module } from "@nestjs/common";
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from "@nestjs/terminus";

const components = Symbol("components");

@Controller("health")
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly mecha: MechaHealthIndicator,
    @Inject(components) private readonly names: readonly string[],
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.mecha.isReachable("runtime"),
      () => this.mecha.hasComponents("components", this.names),
    ]);
  }
}

/** Says over HTTP whether the runtime answers, and has what the app needs. */
@Module({})
export class HealthModule {
  static for(...names: readonly string[]): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule],
      controllers: [HealthController],
      providers: [MechaHealthIndicator, { provide: components, useValue: names }],
    };
  }
}
