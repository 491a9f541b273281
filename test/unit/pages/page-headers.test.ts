import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pageHeaders } from '../../../lib/pages/page-headers.ts';
import { approvalPages, codePages, handoffPages, pages } from './rendered.ts';

const same = <T>(view: T): T => view;

describe('page headers', () => {
  it('allow exactly the styles that the pages carry, by hash', () => {
    const policy = pageHeaders({ https: true })['Content-Security-Policy'];
    for (const { render } of pages) {
      const sheets = [...render(same).matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] ?? '');
      expect(sheets.length).toBeGreaterThan(0);
      for (const sheet of sheets)
        expect(policy).toContain(`'sha256-${createHash('sha256').update(sheet).digest('base64')}'`);
    }
  });

  it('are the strict set, with transport security only over https', () => {
    const headers = pageHeaders({ https: false });
    expect(headers['Content-Security-Policy']).toMatch(
      /^default-src 'none'; style-src ('sha256-[\w+/=]{44}' ?){4}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers).toMatchObject({
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    expect(headers['X-Robots-Tag']).toContain('noindex');
    expect(headers['Permissions-Policy']).toContain('camera=()');
    expect(headers).not.toHaveProperty('Strict-Transport-Security');
    expect(pageHeaders({ https: true })['Strict-Transport-Security']).toMatch(/^max-age=\d{8}/);
  });
});

describe('page size', () => {
  for (const { name, render } of [...approvalPages, ...codePages, ...handoffPages])
    it(`${name} stays under 15,000 bytes`, () => {
      expect(Buffer.byteLength(render(same))).toBeLessThan(15_000);
    });

  it('no page brings a script, an inline handler, an inline style or a foreign resource', () => {
    for (const { render } of pages) {
      const html = render(same);
      expect(html).not.toMatch(/<script|<link|<img|<iframe|<object|\sstyle=|\son[a-z]+=|url\(|@import|javascript:/i);
      expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    }
  });
});
