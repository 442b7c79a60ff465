/** Names the folder into which the findings of each engine are written. */
export const findingsVariable = "MECHA_COVERAGE_FINDINGS";

/** Is `1` where replies are to be replaced. */
export const mutateVariable = "MECHA_COVERAGE_MUTATE";

/** Names the file into which the tests of components are written. */
export const groupsVariable = "MECHA_COVERAGE_GROUPS";
