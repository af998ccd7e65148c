// What people with a screen reader, a keyboard or weak eyes would stumble over in a page, as `axe-core` finds it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** One line each. @param rules all of them, unless some are named */
export async function faultsOf(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  return (await page.evaluate(`(async () => {
    // One row is like the other.
    const { violations } = await axe.run({ exclude: ['.grid-body .grid-row:nth-child(n+5)'] }, {
      resultTypes: ['violations'],
      preload: false,
      ${rules ? `runOnly: ${JSON.stringify(rules)},` : ''}
    });
    const lost = [...document.querySelectorAll('[aria-activedescendant]')]
      .filter((element) => !document.getElementById(element.getAttribute('aria-activedescendant')))
      .map((element) => 'aria-activedescendant leads nowhere: ' + element.outerHTML.slice(0, 140));
    return [
      ...lost,
      ...violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary.replaceAll(/\\s+/g, ' ')),
      ),
    ];
  })()`)) as readonly string[];
}
