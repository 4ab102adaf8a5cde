// Several tabs over one storage: who refreshes, and whose answer counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JwtAuthClient, JwtAuthError, memoryStorage } from '../../clients/jwt-auth.js';
import { pair, token } from './contract.js';

const ORIGIN = 'https://api.example.test';

/** Web Locks, as far as they go: one for all tabs. */
function webLocks() {
  const waiting = new Map();
  return {
    async request(name, work) {
      const before = waiting.get(name) ?? Promise.resolve();
      const outcome = before.then(work);
      waiting.set(name, outcome.catch(() => {}));
      return outcome;
    },
  };
}

/** As a browser without them, and several processes under Node. */
const noLocks = { request: async (_, work) => work() };

/** A service that rotates, and what it was asked. Held answers wait until they are let go. */
class Service {
  newest = 1;
  refreshes = 0;
  held = [];
  holding = false;

  fetch = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== '/api/token/refresh/') {
      const isNew = request.headers.get('authorization') === `Bearer ${pair(this.newest).access}`;
      return Response.json({ code: isNew ? undefined : 'token_not_valid' }, { status: isNew ? 200 : 401 });
    }
    const { refresh } = await request.json();
    this.refreshes++;
    this.newest++;
    assert.ok(refresh);
    const answer = Response.json(pair(this.newest));
    if (this.holding) await new Promise((resolve) => this.held.push(resolve));
    return answer;
  };
}

function tab(service, storage, options) {
  return new JwtAuthClient({ url: `${ORIGIN}/api/token/`, storage, fetch: service.fetch, sleep: async () => {}, ...options });
}

function storageOf(stored) {
  const storage = memoryStorage();
  storage.set(stored);
  return storage;
}

test('tabs that are refused at once refresh once', async () => {
  const [service, storage, locks] = [new Service(), storageOf(pair(0)), webLocks()];
  const tabs = Array.from({ length: 10 }, () => tab(service, storage, { locks }));
  const asked = tabs.flatMap((client) => Array.from({ length: 5 }, () => client.fetch(`${ORIGIN}/api/me`)));
  const answers = await Promise.all(asked);
  assert.ok(answers.every((answer) => answer.status === 200));
  assert.equal(service.refreshes, 1);
});

test('without Web Locks clients of one process refresh once', async () => {
  const [service, storage] = [new Service(), storageOf(pair(0))];
  const tabs = Array.from({ length: 10 }, () => tab(service, storage));
  await Promise.all(tabs.map((client) => client.fetch(`${ORIGIN}/api/me`)));
  assert.equal(service.refreshes, 1);
});

test('a late answer replaces no newer token', async () => {
  const [service, storage] = [new Service(), storageOf(pair(1))];
  service.holding = true;
  const slow = tab(service, storage, { locks: noLocks }).refresh();
  await until(() => service.held.length === 1);
  service.holding = false;
  assert.equal(await tab(service, storage, { locks: noLocks }).refresh(), true);
  assert.deepEqual(storage.get(), pair(3));
  service.held[0]();
  assert.equal(await slow, true);
  assert.deepEqual(storage.get(), pair(3));
});

test('a late answer takes nothing from who has logged in meanwhile, and brings nobody back who has left', async () => {
  for (const [meanwhile, goesOn] of [[{ access: token('access', 7), refresh: 'x.eyJzaWQiOiJvdGhlciJ9.x' }, true], [null, false]]) {
    const [service, storage] = [new Service(), storageOf(pair(1))];
    service.holding = true;
    const slow = tab(service, storage).refresh();
    await until(() => service.held.length === 1);
    storage.set(meanwhile);
    service.held[0]();
    assert.equal(await slow, goesOn);
    assert.deepEqual(storage.get(), meanwhile);
  }
});

test('with cookies a login waits for a refresh, whose answer would overwrite its cookies', async () => {
  const [asked, held, locks] = [[], [], webLocks()];
  const service = {
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (pathname === '/api/token/refresh/') await new Promise((resolve) => held.push(resolve));
      return Response.json({ csrf_token: 'x' });
    },
  };
  const [one, other] = [1, 2].map(() => tab(service, storageOf('mark'), { locks, transport: 'cookies' }));
  const refreshed = one.refresh();
  await until(() => held.length === 1);
  const loggedIn = other.login({ username: 'test', password: 'test' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ['/api/token/refresh/']);
  held.pop()();
  await Promise.all([refreshed, loggedIn]);
  assert.deepEqual(asked, ['/api/token/refresh/', '/api/token/']);
});

test('tokens of another service are compared by iat', async () => {
  const part = (iat) => `x.${btoa(JSON.stringify({ iat }))}.x`;
  for (const [iat, wanted] of [[5, 9], [20, 20]]) {
    const storage = storageOf({ access: part(1), refresh: part(1) });
    const fetch = async () => {
      storage.set({ access: part(9), refresh: part(9) });
      return Response.json({ access: part(iat), refresh: part(iat) });
    };
    await tab({ fetch }, storage).refresh();
    assert.deepEqual(storage.get(), { access: part(wanted), refresh: part(wanted) });
  }
});

test('what another tab has stored may be over as well', async () => {
  const [service, storage] = [new Service(), storageOf(pair(-1))];
  const client = tab(service, storage, {
    fetch: async (request) => {
      const answer = await service.fetch(request);
      if (storage.get().access === pair(-1).access) storage.set(pair(0));
      return answer;
    },
  });
  assert.equal((await client.fetch(`${ORIGIN}/api/me`)).status, 200);
  assert.deepEqual([service.refreshes, storage.get()], [1, pair(2)]);
});

test('a tab whose session another one has ended does not refresh', async () => {
  const [service, storage, ends] = [new Service(), storageOf(pair(0)), []];
  const client = tab(service, storage, {
    onEnd: ({ reason }) => ends.push(reason),
    fetch: async (request) => {
      const answer = await service.fetch(request);
      storage.set(null);
      return answer;
    },
  });
  assert.equal((await client.fetch(`${ORIGIN}/api/me`)).status, 401);
  assert.deepEqual([service.refreshes, ends], [0, [null]]);
});

test('who waits behind a refresh that comes to nothing hears of it at once', async () => {
  let refreshes = 0;
  const fetch = async (request) => {
    if (!request.url.endsWith('/refresh/')) return Response.json({ code: 'token_not_valid' }, { status: 401 });
    refreshes++;
    return new Response('', { status: 503, headers: { 'retry-after': '50' } });
  };
  // Long enough for all of them to have been refused meanwhile.
  const sleep = () => new Promise((resolve) => setTimeout(resolve, 100));
  const client = tab({ fetch }, storageOf(pair(1)), { sleep });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => client.fetch(`${ORIGIN}/api/me`)));
  assert.ok(outcomes.every(({ reason }) => reason instanceof JwtAuthError && reason.code === 'unavailable'));
  assert.equal(outcomes[0].reason.retryAfter, 50);
  assert.equal(refreshes, 2, 'within a minute one may wait 50 seconds once');
});

test('tokens go to the service alone', async () => {
  const seen = [];
  const fetch = async (request) => {
    seen.push([new URL(request.url).host, request.headers.get('authorization') !== null]);
    return new Response('', { status: 401 });
  };
  const client = tab({ fetch }, storageOf(pair(1)), { origins: ['https://files.example.test'] });
  for (const host of ['evil.test', 'files.example.test']) {
    await client.fetch(`https://${host}/api/me`).catch(() => {});
  }
  assert.deepEqual(seen.slice(0, 2), [['evil.test', false], ['files.example.test', true]]);
  assert.ok(seen.every(([host, has]) => host !== 'evil.test' || !has));
});

test('a service that hangs does not hold the lock for ever', async () => {
  let refreshes = 0;
  const fetch = async (request) => {
    if (refreshes++ > 0) return Response.json(pair(2));
    return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
  };
  const storage = storageOf(pair(1));
  const connection = setTimeout(() => {}, 60_000); // Node does not wait for the timeout of a signal alone
  assert.equal(await tab({ fetch }, storage, { timeout: 0.05 }).refresh(), true);
  clearTimeout(connection);
  assert.deepEqual(storage.get(), pair(2));
});

test('nothing of a token is in an error', async () => {
  const fetch = async () => Response.json({ detail: 'no' }, { status: 403 });
  const error = await tab({ fetch }, storageOf(pair(1))).refresh().catch((error) => error);
  assert.equal(error.code, 'refused');
  for (const secret of Object.values(pair(1))) assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(secret));
});

test('the wrong transport is told of', async () => {
  const wrong = [['bearer', { csrf_token: 'x' }], ['cookies', { access: 'x', refresh: 'y' }]];
  for (const [transport, body] of wrong) {
    const client = tab({ fetch: async () => Response.json(body) }, memoryStorage(), { transport });
    await assert.rejects(client.login({}), /transport: "(cookies|bearer)"/);
  }
});

test('tokens of a route of ones own are taken', async () => {
  const storage = storageOf(pair(1));
  const client = tab(new Service(), storage);
  await client.take(pair(2));
  assert.deepEqual(storage.get(), pair(2));
  await client.take(pair(1));
  assert.deepEqual(storage.get(), pair(2), 'unless it has newer ones');
  const another = { access: token('access', 0), refresh: 'x.eyJzaWQiOiJvdGhlciJ9.x' };
  await client.take(another);
  assert.deepEqual(storage.get(), another, 'a login by another route');
});

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
