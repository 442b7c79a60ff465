import { Arguments } from "../arguments.js";

/** The arguments of a command that a script calls: some commands are refused more there. */
export class ScriptArguments extends Arguments {}
