import { describeFuzz } from "./describe-fuzz.js";

// The same inputs each time, so that a failure is no accident of one run.
describeFuzz({ seed: 1, inputs: 3000 });
