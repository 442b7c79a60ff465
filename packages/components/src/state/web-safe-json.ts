/** What Go's encoder writes by their numbers, so that JSON can stand in a web page: all of it stands in texts only. */
const unsafe = /[<>&\u2028\u2029]/gu;

/** JSON with the escapes of Go's encoder, which daprd's stores without an encoder of their own leave. */
export function webSafeJson(json: string): string {
  return json.replaceAll(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
