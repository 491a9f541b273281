import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, oneLine, shortened } from '../../../lib/pages/clean-text.ts';
import { drawGraph } from '../../../lib/pages/graph/draw-graph.ts';
import { markup, safeUrl } from '../../../lib/pages/markup.ts';
import { renderRequestProblem } from '../../../lib/pages/request-problem-page.ts';
import { hostileText, withTexts } from './hostile.ts';
import { handoffMailsAsHtml, mailsAsHtml, pages } from './rendered.ts';

/** Tags with the names of their attributes, without texts and values: what a parser would build. */
function skeleton(html: string): string[] {
  const tags = html.match(/<(?:[^>"']|"[^"]*"|'[^']*')*>/g) ?? [];
  return tags.map((tag) => tag.replace(/"[^"]*"/g, '""').replace(/'[^']*'/g, "''"));
}

const UNSAFE = /(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe('escaping', () => {
  for (const { name, render } of [...pages, ...mailsAsHtml, ...handoffMailsAsHtml]) {
    it(`${name}: no text becomes markup`, () => {
      // The mails cut texts to one line, so a text must not be blank: that would rightly leave its place out.
      const expected = skeleton(render((view) => withTexts(view, () => 'plain')));
      fc.assert(
        fc.property(fc.infiniteStream(hostileText), (texts) => {
          const html = render((view) => withTexts(view, () => texts.next().value ?? 'x'));
          expect(skeleton(html)).toEqual(expected);
          expect(html).not.toMatch(UNSAFE);
          expect(html).not.toMatch(/<script/i);
          expect(html.isWellFormed()).toBe(true);
        }),
        { numRuns: 25 },
      );
    });
  }

  it('state names in the drawing stay text', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, two) => {
        fc.pre(one !== two);
        const draw = (a: string, b: string): string =>
          drawGraph({
            definition: { StartAt: a, States: { [a]: { Type: 'Pass', Next: b }, [b]: { Type: 'Succeed' } } },
            visited: [a, b],
            current: b,
          }).toString();
        expect(skeleton(draw(one, two))).toEqual(skeleton(draw('One', 'Two')));
      }),
      { numRuns: 100 },
    );
  });

  it('writes unsafe characters as U+FFFD, so that tampering shows', () => {
    expect(cleanText('a\u202Eb\u0000c\ud800d\r\ne\tf\u2028g')).toBe('a\ufffdb\ufffdc\ufffdd\ne\tf\ufffdg');
    expect(cleanText('مرحبا, 你好, Grüße, 👩🏽‍🚒')).toBe('مرحبا, 你好, Grüße, 👩🏽‍🚒');
  });

  it('keeps subjects and titles on one line and within their length', () => {
    expect(oneLine(' a\r\nBcc: b\t c ')).toBe('a Bcc: b c');
    expect(shortened('👍'.repeat(10), 5)).toBe('👍👍👍👍…');
    expect(shortened('short', 5)).toBe('short');
  });

  it('takes only paths of this site and http(s) addresses as links', () => {
    for (const url of ['/approve/x', 'https://a.example/x?y=1', 'http://127.0.0.1:8080/x'])
      expect(safeUrl(url)).toBe(url);
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', '/\\evil.example', 'approve', ''])
      expect(() => safeUrl(url)).toThrow(TypeError);
    expect(() => renderRequestProblem({ problem: 'stale-nonce', retry: 'javascript:alert(1)' })).toThrow(TypeError);
  });

  it('escapes inside attributes, and leaves markup and numbers as they are', () => {
    const inner = markup`<b>${'<'}</b>`;
    expect(markup`<p title="${'"&\'<'}">${inner}${1}${false}${undefined}${['a', inner]}</p>`.toString()).toBe(
      '<p title="&quot;&amp;&#39;&lt;"><b>&lt;</b>1a<b>&lt;</b></p>',
    );
  });
});
