import { bench } from "./bench.js";
import { topics } from "./topics.js";

process.exitCode = await bench(process.argv.slice(2), topics, {
  out: (text) => void process.stdout.write(text),
  progress: (text) => void process.stderr.write(text),
});
