// Runs the example `verify_only` against npm's oidc-provider: tokens as it issues them, and a change of its keys.
//
//     npm ci --prefix tests/oidc_provider && node tests/oidc_provider/run.js
//
// Needs cargo. Takes half a minute, as nothing is fetched within 30 seconds of the fetch at the start.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Provider from 'oidc-provider';

const root = fileURLToPath(new URL('../..', import.meta.url));
const audience = 'https://api.example';
const client = { client_id: 'clerk', client_secret: 'a secret of a test', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };

/** A private key as a JWK, under this name. */
function makeKey(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

/** The provider's answers, with these keys: it signs with the first. */
function provider(issuer, keys) {
  const resource = (aud) => ({
    scope: 'orders:read orders:write',
    audience: aud,
    accessTokenFormat: 'jwt',
    accessTokenTTL: 600,
    jwt: { sign: { alg: 'RS256' } },
  });
  const made = new Provider(issuer, {
    clients: [client],
    jwks: { keys: keys.map((key) => key.jwk) },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: async (_, indicator) => resource(indicator) },
    },
  });
  return made.callback();
}

async function token(issuer, resource, scope) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource, ...(scope && { scope }) });
  const authorization = `Basic ${Buffer.from(`${client.client_id}:${encodeURIComponent(client.client_secret)}`).toString('base64')}`;
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body, headers: { authorization } });
  const answered = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(answered));
  return answered.access_token;
}

const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that the provider could have made of any claims. */
function sign(key, header, claims) {
  const signed = `${text({ alg: 'RS256', kid: key.jwk.kid, ...header })}.${text(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key.privateKey).toString('base64url')}`;
}

async function main() {
  // The compiler says what it has to say before anything is timed.
  execFileSync('cargo', ['build', '-q', '-p', 'jwt-auth-examples', '--bin', 'verify_only'], { cwd: root, stdio: 'inherit' });
  const target = JSON.parse(
    execFileSync('cargo', ['metadata', '--format-version', '1', '--no-deps'], { cwd: root, maxBuffer: 1 << 26 }),
  ).target_directory;

  let answer = () => {};
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const [first, second] = [makeKey('first'), makeKey('second')];
  answer = provider(issuer, [first]);

  const env = { ...process.env, ISSUER: issuer, AUDIENCE: audience, BIND: '127.0.0.1:0' };
  const service = spawn(`${target}/debug/verify_only`, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: service.stdout })[Symbol.asyncIterator]();
    const { value: line } = await lines.next();
    assert.ok(line?.startsWith('listening on '), `the service did not start: ${line}`);
    const started = Date.now();
    const api = `http://${line.split(' ').at(-1)}`;
    const status = async (path, bearer) => (await fetch(api + path, { headers: { authorization: `Bearer ${bearer}` } })).status;
    assert.deepEqual(asked, ['/.well-known/openid-configuration', '/jwks']);

    const good = await token(issuer, audience, 'orders:read');
    const me = await fetch(`${api}/me`, { headers: { authorization: `Bearer ${good}` } });
    assert.deepEqual([me.status, await me.json()], [200, 'clerk']);
    assert.equal(await status('/orders', good), 200);
    assert.equal(await status('/orders', await token(issuer, audience, 'orders:write')), 403);
    assert.equal(await status('/me', await token(issuer, 'https://bank.example', 'orders:read')), 401);
    const [head, payload, signature] = good.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url'));
    const stolen = text({ ...claims, sub: 'admin' });
    assert.equal(await status('/me', `${head}.${stolen}.${signature}`), 401);
    assert.equal(await status('/me', `${text({ alg: 'none', typ: 'at+jwt' })}.${payload}.`), 401);
    // As the provider signs an ID token and a logout token (OpenID Connect Core 2, Back-Channel Logout 2.4).
    const { exp, iat } = claims;
    const idToken = { iss: issuer, sub: 'clerk', aud: client.client_id, exp, iat, nonce: 'n' };
    assert.equal(await status('/me', sign(first, {}, idToken)), 401);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    assert.equal(await status('/me', sign(first, { typ: 'logout+jwt' }, { ...idToken, aud: audience, events })), 401);
    assert.equal(await status('/me', sign(first, { typ: 'at+jwt' }, { ...claims, iss: 'https://evil.example' })), 401);
    assert.equal(await status('/me', sign(first, { typ: 'at+jwt' }, { ...claims, exp: iat - 60 })), 401);
    assert.equal(asked.filter((url) => url === '/jwks').length, 1, 'nobody was a reason to fetch');

    // The provider signs with another key; the old one stays for a while.
    answer = provider(issuer, [second, first]);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + 31_000 - Date.now())));
    const rotated = await token(issuer, audience, 'orders:read');
    assert.equal(JSON.parse(Buffer.from(rotated.split('.')[0], 'base64url')).kid, 'second');
    const both = await Promise.all(Array.from({ length: 50 }, (_, n) => status('/orders', n % 2 ? rotated : good)));
    assert.ok(both.every((each) => each === 200), `${both}`);
    assert.equal(asked.filter((url) => url === '/jwks').length, 2, 'one fetch for all');
    console.log(`oidc-provider: ok, ${asked.length} requests to the provider`);
  } finally {
    service.kill();
    server.close();
    server.closeAllConnections();
  }
}

await main();
