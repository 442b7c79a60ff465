import { demoCommand } from "./demo-command.js";

process.exitCode = await demoCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
