// Opens pages in headless Chromium: no console error, no request leaves the page, accessible by
// axe-core. Keeps screenshots, wide and narrow, by day and by night, and what is printed.
//
//   node check.mjs MODULES FOLDER     every page of FOLDER; what is wrong goes to standard error

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, folder] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(modules, 'node_modules/'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };
const faults = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

async function look(name, size, colorScheme) {
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const context = await browser.newContext({ viewport: sizes[size], colorScheme });
  const page = await context.newPage();
  const fault = (what) => faults.push(`${name} (${size}, ${colorScheme}): ${what}`);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) fault(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) fault(`request: ${request.url()}`);
  });
  await page.goto(url);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) fault(`${overflow} pixels are cut off to the right`);
  if (await page.evaluate(() => document.scripts.length) > 0) fault('there is a script in it');
  await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true });
  // Folded parts are looked at too.
  await page.evaluate(() => document.querySelectorAll('details').forEach((it) => { it.open = true; }));
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  for (const { id, help, nodes } of result.violations) {
    fault(`${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
  }
  if (result.passes.length < 10) fault(`axe looked at ${result.passes.length} rules only`);
  if (size === 'wide' && colorScheme === 'light') {
    await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' } });
  }
  await context.close();
}

const names = readdirSync(folder).filter((file) => file.endsWith('.html')).map((file) => file.slice(0, -5));
for (const name of names) {
  for (const size of Object.keys(sizes)) {
    for (const scheme of ['light', 'dark']) await look(name, size, scheme);
  }
}
await browser.close();
if (names.length === 0) faults.push('there is no page');
for (const fault of faults) console.error(fault);
console.log(`${names.length} pages, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
