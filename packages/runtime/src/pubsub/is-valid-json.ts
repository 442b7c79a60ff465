/** Whether a text is JSON, whose bytes may then stand in an envelope as they are. */
export function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
