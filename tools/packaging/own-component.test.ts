// The template's own tests, in place: what stands in it is what users copy.
import "../../examples/own-component/src/json-file.test.js";
