import type fc from "fast-check";

/** Something that takes what others send, and must take anything. */
export interface FuzzTarget<I = unknown> {
  /** What it is sent. Everything in it survives a structured clone. */
  readonly inputs: () => fc.Arbitrary<I>;
  /** Makes it ready, in the process that may be harmed. */
  open(folder: Box): Promise<OpenTarget<I>>;
}

/** A target that takes inputs. */
export interface OpenTarget<I> {
  /**
   * Sends it one input and waits until it is done with it.
   *
   * @throws Error whose message says what is wrong with what it did
   */
  run(input: I): Promise<void>;
  /** Ends it; nothing may be left that keeps the process alive. */
  close(): Promise<void>;
}

/** Folders of a target, with files around them that nobody may touch or read. */
export interface Box {
  /** What the target may use. */
  readonly folder: string;
  /** The text of the files around it: an answer with this in it has read one. */
  readonly canary: string;
}
