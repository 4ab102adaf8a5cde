// Against a running token_service: TOKEN_SERVICE is the program, DATABASE_URL a database with the user test/test. The suite
// examples/tests/walkthrough starts it with both.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { JwtAuthClient, memoryStorage } from '../../clients/jwt-auth.js';

const program = process.env.TOKEN_SERVICE;
const database = process.env.DATABASE_URL;
const login = { username: 'test', password: 'test' };
const key = randomBytes(32).toString('base64url');
const skip = program === undefined && 'NOT TESTED against the service: TOKEN_SERVICE is not set';
if (skip) console.error(`\n*** ${skip} ***\n`);

const services = [];
let bearer, cookies;

before(async () => {
  if (skip) return;
  bearer = await start({ JWT_AUTH_REFRESH_REUSE_GRACE: '1s' });
  cookies = await start({ JWT_AUTH_COOKIES: 'true', JWT_AUTH_COOKIE_SECURE: 'false', JWT_AUTH_NAMESPACE: 'cookies' });
});

after(() => services.forEach((service) => service.kill()));

/** The service with these settings; where it listens. */
async function start(settings) {
  const env = { BIND: '127.0.0.1:0', DATABASE_URL: database, JWT_AUTH_SIGNING_KEY: key, ...settings };
  const service = spawn(program, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  services.push(service);
  for await (const line of createInterface(service.stdout)) return line.replace('listening on ', '').trim();
  throw new Error('the service did not start');
}

/** A client, and what it did. */
function client(url, options = {}) {
  const seen = { refreshes: 0, statuses: [], ends: [], pauses: [] };
  const storage = options.storage ?? memoryStorage();
  const made = new JwtAuthClient({
    url: `${url}/api/token/`,
    storage,
    onEnd: ({ reason }) => seen.ends.push(reason),
    ...options,
    fetch: async (request) => {
      const isRefresh = request.url.endsWith('/refresh/');
      if (isRefresh) seen.refreshes++;
      const answer = await (options.fetch ?? fetch)(request);
      if (isRefresh) seen.statuses.push(answer.status);
      return answer;
    },
  });
  return { client: made, storage, seen, me: () => made.fetch(`${url}/api/some-protected-route/`) };
}

/** The access token is none any more; the refresh token stays. */
function spoil(storage) {
  storage.set({ ...storage.get(), access: 'x.y.z' });
}

test('log in, be refused, go on, log out', { skip }, async () => {
  const { client: one, storage, seen, me } = client(bearer);
  assert.equal((await me()).status, 401);
  await assert.rejects(one.login({ ...login, password: 'no' }), { status: 401 });
  assert.deepEqual(await one.login(login), {});
  assert.equal((await me()).status, 200);
  spoil(storage);
  assert.equal((await (await me()).json()).username, 'test');
  assert.equal(seen.refreshes, 1);
  const { refresh } = storage.get();
  await one.logout();
  assert.deepEqual([storage.get(), seen.ends], [null, ['logged_out']]);
  storage.set({ access: 'x.y.z', refresh });
  assert.equal((await me()).status, 401);
  assert.deepEqual([storage.get(), seen.ends[1]], [null, 'session_revoked']);
});

test('many at once refresh once', { skip }, async () => {
  const { client: one, storage } = client(bearer);
  await one.login(login);
  spoil(storage);
  const tabs = Array.from({ length: 8 }, () => client(bearer, { storage }));
  const answers = await Promise.all(tabs.flatMap((tab) => [tab.me(), tab.me()]));
  assert.ok(answers.every((answer) => answer.status === 200));
  assert.equal(tabs.reduce((sum, tab) => sum + tab.seen.refreshes, 0), 1);
});

test('a lost answer is asked for again', { skip }, async () => {
  let lost = 0;
  const { client: one, storage, seen, me } = client(bearer, {
    fetch: async (request) => {
      const answer = await fetch(request);
      if (request.url.endsWith('/refresh/') && lost++ === 0) throw new TypeError('lost');
      return answer;
    },
    sleep: async () => {},
  });
  await one.login(login);
  spoil(storage);
  assert.equal((await me()).status, 200);
  assert.deepEqual([seen.refreshes, seen.ends], [2, []]);
});

test('beside another client it waits, and goes on', { skip }, async () => {
  const { client: one, storage, seen, me } = client(bearer);
  await one.login(login);
  const another = await fetch(`${bearer}/api/token/refresh/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'another' },
    body: JSON.stringify({ refresh: storage.get().refresh }),
  });
  assert.equal(another.status, 200);
  spoil(storage);
  assert.equal((await me()).status, 200);
  assert.equal(seen.statuses[0], 409);
  assert.deepEqual([seen.statuses.at(-1), seen.ends], [200, []]);
});

test('a store that is away costs nobody the session', { skip }, async () => {
  const file = database.replace(/^sqlite:\/\//, '');
  const { client: one, storage, seen, me } = client(bearer, {
    sleep: () => rename(`${file}.away`, file),
  });
  await one.login(login);
  spoil(storage);
  await rename(file, `${file}.away`);
  assert.equal((await me()).status, 200);
  assert.deepEqual([seen.statuses, seen.ends], [[503, 200], []]);
});

test('logged out everywhere is logged out here', { skip }, async () => {
  const [here, there] = [client(bearer), client(bearer)];
  await here.client.login(login);
  await there.client.login(login);
  await there.client.logoutEverywhere();
  assert.deepEqual(there.seen.ends, ['logged_out']);
  assert.equal((await here.me()).status, 401);
  assert.deepEqual([here.storage.get(), here.seen.ends], [null, ['session_revoked']]);
});

/** `fetch` of a page of the service, with its jar. */
function page(url, jar) {
  return async (request) => {
    const headers = new Headers(request.headers);
    headers.set('origin', url);
    headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const answer = await fetch(new Request(request, { headers }));
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (line.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
}

test('tokens in cookies', { skip }, async () => {
  const jar = new Map();
  const options = { transport: 'cookies', fetch: page(cookies, jar) };
  const first = client(cookies, options);
  await first.client.login(login);
  assert.deepEqual([...jar.keys()].sort(), ['access', 'csrf', 'device', 'refresh']);
  assert.equal((await first.me()).status, 200);
  jar.delete('access'); // its life is over
  assert.equal((await first.me()).status, 200);
  assert.deepEqual(first.seen.statuses, [200]);
  // Another page with the same jar, which has no CSRF token yet and is given one.
  const second = client(cookies, options);
  jar.delete('access');
  assert.equal((await second.me()).status, 200);
  assert.deepEqual(second.seen.statuses, [403, 200]);
  await second.client.logoutEverywhere();
  assert.deepEqual([...jar.keys()], ['device'], 'the device stays known');
  assert.equal((await first.me()).status, 401);
  assert.deepEqual(first.seen.ends, [null]);
});
