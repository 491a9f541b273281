/**
 * Checks that run inside the browser. They are sent as source text, so each stands alone: no imports, no outer names.
 */

/** Texts whose contrast to what is behind them is below WCAG 2.2's minimum (1.4.3): 4.5:1, or 3:1 for large text. */
export const lowContrast = `(() => {
  const rgba = (text) => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\\d.]+/g) ?? []).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const luminance = ({ r, g, b }) => {
    const [lr, lg, lb] = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) {
      if (at.localName === 'g') {
        const shape = at.querySelector(element.classList.contains('order') ? '.badge' : '.box');
        if (shape !== null) layers.push(rgba(getComputedStyle(shape).fill));
      }
      layers.push(rgba(getComputedStyle(at).backgroundColor));
    }
    return layers.reduceRight((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const checked = [...document.body.querySelectorAll('*')].filter((element) => own(element) && element.checkVisibility());
  const failures = checked.flatMap((element) => {
    const style = getComputedStyle(element);
    const back = behind(element);
    const front = over(rgba(element.localName === 'text' ? style.fill : style.color), back);
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return ratio < (large ? 3 : 4.5) ? [element.localName + '.' + element.getAttribute('class') + ': ' + ratio.toFixed(2)] : [];
  });
  return { checked: checked.length, failures };
})()`;

/** What is wrong with names, structure and references; empty when nothing is. */
export const structureProblems = `(() => {
  const problems = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (document.documentElement.lang === '') problems.push('no language');
  if (document.title.trim() === '') problems.push('no title');
  if (all('h1').length !== 1) problems.push('h1: ' + all('h1').length);
  if (all('main').length !== 1) problems.push('main: ' + all('main').length);
  const ids = all('[id]').map((element) => element.id);
  if (new Set(ids).size !== ids.length) problems.push('an id twice');
  for (const name of ['aria-describedby', 'aria-labelledby'])
    for (const element of all('[' + name + ']'))
      for (const id of element.getAttribute(name).split(' '))
        if (document.getElementById(id) === null) problems.push(name + ' to nothing: ' + id);
  for (const link of all('a[href^="#"]'))
    if (document.getElementById(link.hash.slice(1)) === null) problems.push('a link to nothing: ' + link.hash);
  for (const field of all('input:not([type=hidden]), textarea')) {
    if (field.labels.length !== 1 || field.labels[0].textContent.trim() === '') problems.push('no label: ' + field.id);
    if (field.type === 'radio' && !field.closest('fieldset')?.querySelector('legend')?.textContent.trim())
      problems.push('no legend: ' + field.id);
  }
  for (const table of all('table'))
    if (table.querySelector('thead th[scope=col]') === null || table.querySelector('th:not([scope])') !== null)
      problems.push('a table without scopes');
  let level = 1;
  for (const heading of all('h1, h2, h3, h4').filter((one) => one.closest('.problem') === null)) {
    const next = Number(heading.localName.slice(1));
    if (next > level + 1) problems.push('a heading level skipped: ' + heading.textContent);
    level = next;
  }
  for (const target of all('button, .option, a.button')) {
    const { width, height } = target.getBoundingClientRect();
    if (width < 24 || height < 24) problems.push('a target too small: ' + target.textContent);
  }
  return problems;
})()`;

/** The elements, with the names of their attributes, that a browser's parser builds from a document. */
export function elementsOf(html: string): string {
  return `[...new DOMParser().parseFromString(${JSON.stringify(html)}, 'text/html').querySelectorAll('*')].map(
    (element) => [element.localName, ...element.getAttributeNames()].join(' '),
  )`;
}
