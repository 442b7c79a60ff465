/** What a store made of a write that it refused. */
export type Refusal = "mismatch" | "invalid" | "none";

/** What a component said of a write that failed. */
interface ComponentFailure {
  /** The component's own words, without those of the runtime. */
  readonly text: string;
  /** Keys that were written; the component may repeat them. */
  readonly keys: readonly string[];
}

/** How a kind of store treats ETags. */
export interface StoreDialect {
  /** What an ETag of this store looks like; `undefined` if that is not known. */
  readonly etagForm: RegExp | undefined;
  /** The ETag that makes a write succeed only where there is nothing yet, if first-write does not do that. */
  readonly createOnlyEtag?: string;
  /** Whether a transaction in which an ETag is wrong applies nothing. */
  readonly atomicTransactions: boolean;
  /** Whether a failed write was refused for its ETag, or failed for another reason. */
  refusalOf(failure: ComponentFailure): Refusal;
}

/** How components of Dapr begin what they say of an ETag that is not the stored one, once for each layer. */
export const mismatchText = "possible etag mismatch. error from state store";

/** How components of Dapr begin what they say of an ETag that they cannot read. */
export const invalidText = "invalid etag value";

/** The reasons of a failed bulk write, one a line, without what components of Dapr begin them with. */
export function* mismatchReasons(text: string): Generator<string, void, undefined> {
  for (const line of text.split("\n")) {
    if (!line.startsWith(mismatchText)) continue;
    let reason = line.slice(mismatchText.length);
    while (reason.startsWith(`: ${mismatchText}`)) reason = reason.slice(mismatchText.length + 2);
    yield reason.startsWith(": ") ? reason.slice(2) : reason;
  }
}
