/** What identifies persons, as far as its form tells, with daprd's word for what stands in its place. */
const identifying: readonly (readonly [placeholder: string, form: RegExp])[] = [
  ["<EMAIL_ADDRESS>", /[\w!#$%&'*+/=?^{|.}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/gi],
  ["<IBAN>", /\b[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}[A-Z0-9]{0,16}\b/g],
  ["<MAC_ADDRESS>", /\b(?:[a-f0-9]{2}[:-]){5}[a-f0-9]{2}\b/gi],
  ["<IP>", /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g],
  ["<IP>", /(?<![:\w])(?:[a-f0-9]{1,4}:){2,7}(?::?[a-f0-9]{1,4}){1,6}(?![:\w])/gi],
  ["<US_SSN>", /\b\d{3}-\d{2}-\d{4}\b/g],
  ["<CREDIT_CARD>", /\b(?:\d{4}[- ]?){3}\d{3,4}\b/g],
  ["<ISBN>", /\b97[89][- ]?(?:\d[- ]?){9}[\dX]\b/gi],
  ["<ZIP_CODE>", /\b\d{5}-\d{4}\b/g],
  [
    "<PHONE_NUMBER>",
    /(?<!\w)(?:\+\d{1,3}[-. ]?)?(?:\(\d{2,4}\)|\d{2,4})[-. ]?\d{3,4}[-. ]?\d{3,6}(?:\s*(?:ext\.?|x)\s*\d{1,6})?(?!\w)/gi,
  ],
  ["<PO_BOX>", /\bP\.? ?O\.? Box \d+/gi],
  [
    "<STREET_ADDRESS>",
    /\b\d{1,5} [\w ]{1,30}? ?\b(?:street|st|avenue|ave|road|rd|highway|hwy|square|sq|drive|dr|court|ct|park|parkway|circle|boulevard|blvd|lane)\b\.?/gi,
  ],
  ["<ZIP_CODE>", /\b\d{5}\b/g],
];

/** Addresses on the web are left alone, digits in them included. */
const link = /\b(?:https?|git|ssh):\/\/\S+/gi;

/**
 * Takes what identifies persons out of a text: mail, street and network addresses, numbers of telephones, cards, accounts. It goes by
 * form, so it finds no names, and takes numbers of that form for what they are not; daprd's scrubber does the same with its own forms.
 */
export function scrubPii(text: string): string {
  let scrubbed = "";
  let end = 0;
  for (const { 0: address, index } of text.matchAll(link)) {
    scrubbed += scrubPart(text.slice(end, index)) + address;
    end = index + address.length;
  }
  return scrubbed + scrubPart(text.slice(end));
}

function scrubPart(text: string): string {
  return identifying.reduce((left, [placeholder, form]) => left.replace(form, placeholder), text);
}
