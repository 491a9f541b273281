import { type Markup, markup } from '../markup.ts';
import type { RiskView } from '../views.ts';

/** Why somebody is asked, as the rules' sentences; nothing when there are none. */
export function reasonsSection(title: string, sentences: readonly string[]): Markup | false {
  return (
    sentences.length > 0 &&
    markup`<section><h2>${title}</h2><ul class="plain">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul></section>`
  );
}

/** A risk score with its factors, each with the points it adds or takes. */
export function riskSection(risk: RiskView): Markup {
  const points = (value: number): string => (value < 0 ? `−${-value}` : `+${value}`);
  return markup`<section><h2>Risk score: ${risk.score} ${Math.abs(risk.score) === 1 ? 'point' : 'points'}</h2>${
    risk.factors.length === 0
      ? markup`<p>No factor adds to it.</p>`
      : markup`<ul class="points">${risk.factors.map((factor) => markup`<li><b>${points(factor.points)}</b> <span>${factor.message}</span></li>`)}</ul>`
  }</section>`;
}
