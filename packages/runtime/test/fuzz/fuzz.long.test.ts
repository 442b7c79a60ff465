import { randomInt } from "node:crypto";
import { describeFuzz } from "./describe-fuzz.js";

describeFuzz({ seed: randomInt(2 ** 31), inputs: 100_000 });
