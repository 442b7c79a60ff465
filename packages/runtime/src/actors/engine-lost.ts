import { isUnsent } from "@mecha/sdk-core/protocol-core";
import { MechaError } from "@mecha/spec";

/** The process that ran the engine is gone, or does not answer. */
export class EngineLost extends MechaError {
  /** Whether the call never reached it. */
  readonly isUnsent: boolean;

  /**
   * @param cause - how the connection to it ended
   */
  constructor(cause: MechaError) {
    super(
      "UNAVAILABLE",
      `The process of this machine that runs the actors, reminders and jobs of the app does not answer: ${cause.message}. Processes of one app find each other if they are started in one project, or with one MECHA_NAMESPACE.`,
      { cause, operation: "actors.connect" },
    );
    this.isUnsent = isUnsent(cause);
  }
}
