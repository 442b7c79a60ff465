/** Whether a request is answered with a status of success. */
export async function answersOk(url: string, request: RequestInit = {}): Promise<boolean> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(3_000) });
  await response.arrayBuffer();
  return response.ok;
}
