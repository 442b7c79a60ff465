const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * Reads a size as Kubernetes writes quantities: `100`, `1k`, `10Ki`, `1.5M`, `100Mi`.
 *
 * @returns bytes, or `undefined` if the text is no such quantity
 */
export function parseByteSize(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^([+-]?\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text.trim()) ?? [];
  const factor = factors[unit];
  return amount === "" || factor === undefined ? undefined : Math.ceil(Number(amount) * factor);
}
