/** One thing that is missing, and how it is got. */
export interface InstallStep {
  readonly title: string;
  /** Where it comes from and how large it is. */
  readonly detail: string;
  /** Why this step cannot run here, and the command that the user can give in its place. */
  readonly obstacle?: string;
  /** Whether it may run beside the steps after it, because they do not share anything but the system's packages. */
  readonly beside?: boolean;
  /** @param report - told how far a long step has come */
  run(report: (progress: string) => void): Promise<void>;
}
