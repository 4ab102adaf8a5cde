// What somebody does on the page of the example, and what has to come of it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** From the login to the logout in two tabs. `names` are those of the cookies. */
export async function visit(context, { page, api, names, screenshot }) {
  const step = (what) => console.log(`   ${page}: ${what}`);
  const [access] = names;
  const faults = [];
  const watch = (tab) => tab.on('pageerror', (error) => faults.push(error));

  const one = await context.newPage();
  watch(one);
  await one.goto(page);
  step('a wrong password');
  await logIn(one, 'wrong');
  await text(one, '#error', /No active account/);
  assert.deepEqual(await context.cookies(api), []);

  step('a login');
  await logIn(one, 'test');
  await text(one, '#user', /^test$/);
  await text(one, '#socket', /^open/);
  const jar = await context.cookies(api);
  assert.deepEqual(jar.map(({ name }) => name).sort(), names);
  for (const { name, httpOnly, secure } of jar) {
    assert.equal(httpOnly, !name.endsWith('csrf'), name);
    assert.equal(secure, page.startsWith('https'), name);
  }
  const seen = await one.evaluate(async (url) => {
    const { databaseStorage } = await import('/jwt-auth.js');
    return [document.cookie, JSON.stringify(localStorage), await databaseStorage(`jwt-auth ${url}`).get()];
  }, `${api}/api/token/`);
  assert.deepEqual(Object.keys(seen.pop()), ['mark']);
  assert.ok(!seen.join().includes('eyJ'), 'a script sees a token');
  assert.equal(seen[0].includes('csrf'), page === api, 'a page of another origin takes the CSRF token from the JSON');

  step('what changes something');
  await save(one, 'buy milk');
  if (screenshot) await one.screenshot({ path: screenshot });

  step('two tabs that are refused at once refresh once');
  const two = await context.newPage();
  watch(two);
  await two.goto(page);
  await text(two, '#socket', /^open/);
  const refreshes = slowRefreshes(context);
  for (let turn = 0; turn < 5; turn++) {
    await refreshes.during(1, async () => {
      await context.clearCookies({ name: access });
      await Promise.all([again(one, api), again(two, api)]);
    });
  }

  step('a reload');
  await one.reload();
  await text(one, '#user', /^test$/);
  await save(one, 'after a reload');

  step('what changes something, when the access token is over');
  await refreshes.during(1, async () => {
    await context.clearCookies({ name: access });
    await save(one, 'after a refresh');
  });

  step('a refresh that the network loses, and one that the service cannot answer');
  for (const fault of [(route) => route.abort(), (route) => route.fulfill({ status: 503, headers: headersFor(page), body: '' })]) {
    let faults = 0;
    const once = (route) => {
      faults++;
      return fault(route);
    };
    await refreshes.during(1, async () => {
      await context.clearCookies({ name: access });
      await context.route('**/api/token/refresh/', once, { times: 1 });
      await again(one, api);
    });
    assert.equal(faults, 1);
    assert.ok(await one.locator('#login').isHidden(), 'nobody was logged out');
  }

  step('log out everywhere closes the socket of the other tab');
  const ends = two.locator('#login').waitFor({ state: 'visible' });
  await text(two, '#socket', /^open/);
  await one.click('#everywhere');
  await ends;
  await text(two, '#why', /logged out/);
  assert.equal(await two.locator('#socket').textContent(), 'closed token_revoked');
  await one.locator('#login').waitFor({ state: 'visible' });
  await onlyTheDeviceIsKnown(context, api);

  step('a login in one tab, and a logout');
  await logIn(two, 'test');
  await text(two, '#user', /^test$/);
  await two.click('#logout');
  await two.locator('#login').waitFor({ state: 'visible' });
  await onlyTheDeviceIsKnown(context, api);
  assert.deepEqual(faults, []);
  await Promise.all([one.close(), two.close()]);
}

/** Every row of the contract, driven in the page. */
export async function contractInThePage(context, origin, top) {
  const tab = await context.newPage();
  for (const name of ['contract.js', 'contract.json']) {
    const body = await readFile(join(top, 'tests', 'clients', name), 'utf8');
    const contentType = name.endsWith('.js') ? 'text/javascript' : 'application/json';
    await tab.route(`${origin}/${name}`, (route) => route.fulfill({ body, contentType }));
  }
  await tab.goto(origin);
  const { driven, faults } = await tab.evaluate(async () => {
    const [{ check }, module] = await Promise.all([import('/contract.js'), import('/jwt-auth.js')]);
    const { rows } = await (await fetch('/contract.json')).json();
    const faults = [];
    let driven = 0;
    for (const row of rows) {
      for (const over of row.over) {
        driven++;
        await check(row, over, module).catch((error) => faults.push(`${row.to}: ${row.name}, over ${over}: ${error}`));
      }
    }
    return { driven, faults };
  });
  assert.deepEqual(faults, []);
  assert.ok(driven > 50);
  console.log(`   ${origin}: ${driven} answers of the contract`);
  await tab.close();
}

async function logIn(tab, password) {
  await tab.fill('#login [name=username]', 'test');
  await tab.fill('#login [name=password]', password);
  await tab.click('#login button');
}

async function save(tab, note) {
  await tab.fill('#note [name=text]', note);
  await tab.click('#note button');
  await text(tab, '#last', new RegExp(`^${note}$`));
}

/** Asks who is logged in, and waits for the answer. */
async function again(tab, api) {
  const answered = tab.waitForResponse((answer) => answer.url() === `${api}/api/me` && answer.status() === 200);
  await tab.click('#reload');
  await answered;
}

async function text(tab, selector, wanted) {
  const place = tab.locator(selector).filter({ hasText: wanted });
  await place.waitFor({ state: 'visible' });
}

/**
 * Counts refreshes that were granted, and lets each take so long that two tabs meet. A page that has no CSRF token yet is refused once
 * before, with one to send.
 */
function slowRefreshes(context) {
  let count = 0;
  context.on('response', (answer) => {
    const isRefresh = answer.request().method() === 'POST' && answer.url().endsWith('/api/token/refresh/');
    if (isRefresh && answer.status() === 200) count++;
  });
  return {
    async during(wanted, work) {
      await context.route('**/api/token/refresh/', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await route.continue();
      });
      const before = count;
      await work();
      assert.equal(count - before, wanted, 'refreshes');
      await context.unroute('**/api/token/refresh/');
    },
  };
}

function headersFor(page) {
  return { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true', 'retry-after': '1' };
}

/** After a logout. */
async function onlyTheDeviceIsKnown(context, api) {
  const names = (await context.cookies(api)).map(({ name }) => name);
  assert.ok(names.length === 1 && names[0].endsWith('device'), names.join());
}
