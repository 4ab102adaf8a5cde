// Drives a client against one row of contract.json, with a service that is a function. Runs under Node and in a page.

const ORIGIN = 'https://api.example.test';

/** Throws where the client does something else than the row says. */
export async function check(row, over, module) {
  const run = new Run(row, over, module);
  await run[row.to]();
  if (row.then === 'wait' && row.given === undefined) await new Run(row, over, module, true).givenUp();
  if (row.given === undefined) equal('judge', module.judge(row.to, { status: row.status, body: fill(row.body) }), { tokens: row.tokens, then: row.then });
}

/** A token of a session's generation, as far as a client reads it. */
export function token(kind, gen) {
  const part = (value) => btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${part({ alg: 'none' })}.${part({ kind, sid: 'a session', gen: kind === 'refresh' ? gen : undefined, iat: 1000 + gen })}.x`;
}

export function pair(gen) {
  return { access: token('access', gen), refresh: token('refresh', gen) };
}

function fill(body) {
  const texts = { $access: pair(2).access, $refresh: pair(2).refresh, $csrf: 'csrf 2', $words: 'some words', $list: [] };
  return body === '<html>' || body === undefined ? undefined : JSON.parse(JSON.stringify(body), (_, value) => texts[value] ?? value);
}

function equal(what, found, wanted) {
  const text = (value) => JSON.stringify(value, (_, part) => part ?? null);
  if (text(found) !== text(wanted)) throw new Error(`${what}: ${text(found)}, and not ${text(wanted)}`);
}

class Run {
  calls = [];
  pauses = [];
  ends = [];

  constructor(row, over, module, always = false) {
    Object.assign(this, { row, over, always });
    this.stored = this.initial = this.state(1);
    this.client = new module.JwtAuthClient({
      url: `${ORIGIN}/api/token/`,
      transport: over,
      storage: { get: () => this.stored, set: (value) => { this.stored = value; } },
      fetch: (request) => this.answer(request),
      sleep: async (seconds) => { this.pauses.push(seconds); },
      onEnd: ({ reason }) => this.ends.push(reason),
    });
  }

  /** What is stored of a generation. */
  state(gen) {
    return this.over === 'bearer' ? pair(gen) : { mark: `of ${gen}` };
  }

  /** The service: the row's answer to what the row is about, and success otherwise. */
  async answer(request) {
    const { row } = this;
    const to = { '/api/token/': 'login', '/api/token/refresh/': 'refresh', '/api/token/blacklist/': 'logout' }[new URL(request.url).pathname] ?? 'guarded';
    const turn = this.count(to);
    const call = { to, stored: this.stored, csrf: request.headers.get('x-csrf-token'), authorization: request.headers.get('authorization'), body: await request.text() };
    this.calls.push(call);
    equal('credentials', this.over === 'cookies' ? request.credentials : 'include', 'include');
    if (to === row.to && (turn === 0 || this.always || row.given === 'refreshed')) {
      if (row.given === 'newer') this.stored = this.state(3);
      if (row.status === 0) throw new TypeError('no network');
      const body = row.body === '<html>' ? '<html>' : JSON.stringify(fill(row.body));
      return new Response(body, { status: row.status, headers: { 'content-type': 'application/json', ...row.headers } });
    }
    const bodies = {
      refresh: this.over === 'bearer' ? pair(2) : { csrf_token: 'csrf 2' },
      logout: {},
      guarded: '1',
    };
    if (to === 'guarded' && row.to === 'refresh' && turn === 0) {
      return Response.json({ detail: 'Given token not valid for any token type', code: 'token_not_valid' }, { status: 401 });
    }
    return Response.json(bodies[to]);
  }

  count(to) {
    return this.calls.filter((call) => call.to === to).length;
  }

  /** What was asked, and what is stored in the end: `undefined` for something new. */
  outcome(counts, stored) {
    equal('requests', { guarded: this.count('guarded'), refresh: this.count('refresh') }, counts);
    if (this.over === 'cookies' && stored === 'taken') {
      if (this.stored === null || this.stored.mark === this.initial.mark) throw new Error('the mark of the refresh is missing');
    } else {
      equal('stored', this.stored, stored === 'taken' ? this.taken() : stored);
    }
    equal('ends', this.ends, this.row.then === 'end' ? [this.row.to === 'logout' ? 'logged_out' : (this.row.body.reason ?? null)] : []);
    if (this.row.then === 'wait') {
      const least = Number(this.row.headers?.['retry-after'] ?? 0.5);
      if (this.pauses.length === 0 || this.pauses.some((pause) => pause < least)) throw new Error(`pauses of ${this.pauses} s`);
    } else {
      equal('pauses', this.pauses, []);
    }
  }

  taken() {
    const body = this.row.to === 'login' || this.row.then === 'continue' ? fill(this.row.body) : pair(2);
    return { access: body.access, refresh: body.refresh ?? this.initial.refresh };
  }

  /** After a refusal with a CSRF token that token is sent. */
  resent(to) {
    const [first, second] = this.calls.filter((call) => call.to === to);
    equal('the same body', second.body, first.body);
    equal('kept until then', second.stored, this.row.given === 'newer' ? this.state(3) : this.initial);
    if (this.row.body?.csrf_token) equal('CSRF token', second.csrf, 'csrf 2');
    if (this.row.given === 'newer' && this.over === 'bearer') equal('token', second.authorization, `Bearer ${pair(3).access}`);
  }

  async login() {
    const outcome = await settled(this.client.login({ username: 'test' }));
    this.outcome({ guarded: 0, refresh: 0 }, this.row.tokens === 'take' ? 'taken' : this.initial);
    equal('logins', this.count('login'), 1);
    equal('succeeded', outcome.error === undefined, this.row.then === 'continue');
    if (outcome.error) equal('status', outcome.error.status, this.row.status);
  }

  async guarded() {
    const { then, given, status } = this.row;
    const outcome = await settled(this.client.fetch(`${ORIGIN}/api/orders`, { method: 'POST', body: '{"item":7}' }));
    const refreshes = then === 'refresh' || given === 'refreshed' ? 1 : 0;
    const stored = refreshes ? 'taken' : given === 'newer' ? this.state(3) : this.initial;
    this.outcome({ guarded: then === 'resend' || refreshes ? 2 : 1, refresh: refreshes }, stored);
    equal('outcome', outcome.value?.status, { return: status, fail: undefined }[then] ?? (then === 'fail' ? undefined : 200));
    if (then === 'resend') this.resent('guarded');
  }

  async refresh() {
    const { then, tokens, given } = this.row;
    const outcome = await settled(this.client.fetch(`${ORIGIN}/api/orders`, { method: 'POST', body: '{"item":7}' }));
    const goesOn = ['continue', 'wait', 'resend'].includes(then);
    const again = ['wait', 'resend'].includes(then) && given === undefined;
    const stored = given === 'newer' ? this.state(3) : goesOn ? 'taken' : tokens === 'forget' ? null : this.initial;
    this.outcome({ guarded: goesOn ? 2 : 1, refresh: again ? 2 : 1 }, stored);
    equal('outcome', outcome.value?.status, goesOn ? 200 : then === 'end' ? 401 : undefined);
    if (then === 'fail') equal('code', outcome.error.code, 'refused');
    if (again) this.resent('refresh');
  }

  async logout() {
    const outcome = await settled(this.client.logout());
    const again = ['wait', 'resend'].includes(this.row.then);
    this.ends = again ? this.ends.slice(1) : this.ends; // it succeeds in the end
    this.outcome({ guarded: 0, refresh: 0 }, null);
    equal('logouts', this.count('logout'), again ? 2 : 1);
    equal('error', outcome.error, undefined);
    if (again) this.resent('logout');
  }

  /** The same answer for ever: an error in the end, both tokens kept, nobody logged out. */
  async givenUp() {
    const outcome = await settled(this.row.to === 'logout' ? this.client.logout() : this.client.refresh());
    equal('code', outcome.error?.code, 'unavailable');
    equal('kept', this.stored, this.initial);
    equal('ends', this.ends, []);
    const waited = this.pauses.reduce((sum, pause) => sum + pause, 0);
    if (waited > 60 || this.pauses.length < 3) throw new Error(`pauses of ${this.pauses} s`);
  }
}

async function settled(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
