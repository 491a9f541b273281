import * as fc from 'fast-check';

/** Fields whose values choose among fixed words, or are written by the server and not by people. */
const FIXED = new Set(
  'instant timeZone notice standing choice outcome mail assurance status posture flag result action link statusUrl evidenceHref nextPage schema problem at due dueAt fields'.split(
    ' ',
  ),
);
const FIXED_VALUES = new Set(
  'approval oversight level-done superseded expired fresh-link-cap fresh-link-mailed withdrawn terms-changed not-eligible decided-by-other ended approved none recorded over too-late being-mailed line text number date check ticket severity seen question code since minutes'.split(
    ' ',
  ),
);

/** A copy of a view model in which every text that people can influence is written by `write`. */
export function withTexts<T>(view: T, write: () => string): T {
  const copy = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return FIXED.has(key) || FIXED_VALUES.has(value) ? value : write();
    if (Array.isArray(value)) return value.map((item) => copy(item, key));
    if (typeof value === 'object' && value !== null && key !== 'definition')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name)]));
    return value;
  };
  return copy(view, '') as T;
}

const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' autofocus onfocus='alert(1)",
  '</textarea><form action="https://evil.example"><input name="choice" value="approve" checked>',
  '</title></style></svg><iframe srcdoc="x">',
  '<!-- ',
  ']]><![CDATA[',
  'javascript:alert(1)',
  'https://evil.example/login',
  '\u202Egnp.exe\u202C \u2066x',
  '\u0000\u0007\u001b[31m\u009f',
  '\r\nBcc: victim@example.com\r\n\r\nx',
  '&lt;b&gt; &amp;quot;',
  '\ud800 lone',
  '{{7*7}} <%= 7 %>',
];

/** Texts that try to leave their place in HTML, in a URL, in a header, or in the order of reading. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => `x${parts.join('')}`);

export const hostileSamples: readonly string[] = attacks.map((attack) => `x${attack}`);
