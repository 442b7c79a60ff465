/** Metadata that asks for the app's answer as it is, whatever its status: how an HTTP caller's door asks for it. */
export const wholeAnswerKey = "mecha-whole-answer";
