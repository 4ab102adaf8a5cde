/**
 * A client of jwt-auth for pages, workers and Node: one module, no dependencies, no build step.
 *
 * It keeps the contract of docs/clients.md, which tests/clients/contract.json spells out answer by answer: a refused access token is
 * refreshed once however many requests and tabs met it, a stored token gives way to a newer one only, and nothing but the service's own
 * 401 ends a session. Tokens are handed to the storage and to the service, and are never logged.
 */

/** A request that came to nothing. The session goes on, whatever `code` says. */
export class JwtAuthError extends Error {
  /** @param {{ status: number, body: unknown, retryAfter?: number }} answer status 0 stands for no answer at all */
  constructor({ status, body, retryAfter }) {
    super(mayPass(status) ? `the service cannot be asked now (${status})` : `the service refused (${status})`);
    this.name = 'JwtAuthError';
    this.code = mayPass(status) ? 'unavailable' : 'refused';
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/**
 * What a client must do about an answer: the contract as a function, without a state.
 *
 * @param {'login' | 'refresh' | 'logout' | 'guarded'} to what was asked
 * @param {{ status: number, body: unknown }} answer status 0 for no answer; `body` is the JSON, `undefined` for what is none
 * @returns {{ tokens: 'take' | 'keep' | 'forget', then: 'continue' | 'refresh' | 'resend' | 'wait' | 'end' | 'return' | 'fail' }}
 */
export function judge(to, { status, body }) {
  const said = body !== null && typeof body === 'object' ? body : {};
  if (status === 403 && said.code === 'csrf_failed' && said.csrf_token) return { tokens: 'keep', then: 'resend' };
  if (to === 'guarded') {
    const isOver = status === 401 && said.code !== 'insufficient_user_authentication';
    return { tokens: 'keep', then: status === 0 ? 'fail' : isOver ? 'refresh' : 'return' };
  }
  if (status === 200) {
    const isOurs = to === 'logout' ? body === said : isText(said.access) || isText(said.csrf_token);
    if (isOurs) return to === 'logout' ? { tokens: 'forget', then: 'end' } : { tokens: 'take', then: 'continue' };
  }
  if (to === 'login') return { tokens: 'keep', then: 'fail' };
  // Of the service, and not of a proxy on the way; and the answer to a jar without a refresh token.
  const isTerminal = status === 401 && isText(said.detail);
  if (isTerminal || (status === 400 && said.refresh !== undefined)) return { tokens: 'forget', then: 'end' };
  return { tokens: 'keep', then: mayPass(status) ? 'wait' : 'fail' };
}

/** A storage for as long as the page is open: what is used where none is given. */
export function memoryStorage() {
  let kept = null;
  return { get: () => kept, set: (value) => { kept = value; } };
}

/**
 * A storage that outlives the page, in IndexedDB: what one tab has written the next reader sees. (`localStorage` shows a tab what another
 * has written a moment later only, too late for who waits on a lock.) Scripts of the page can read it; in cookies they cannot.
 *
 * @param {string} [name] of the database
 */
export function databaseStorage(name = 'jwt-auth') {
  const memory = memoryStorage(); // where a page may store nothing
  let opened;
  const database = () => (opened ??= openDatabase(name).catch(() => null));
  return {
    async get() {
      const found = await database();
      return found === null ? memory.get() : ((await settled(found.transaction(KEPT).objectStore(KEPT).get(0))) ?? null);
    },
    async set(value) {
      const found = await database();
      if (found === null) return memory.set(value);
      const transaction = found.transaction(KEPT, 'readwrite');
      transaction.objectStore(KEPT).put(value, 0);
      await settled(transaction, 'oncomplete');
    },
  };
}

/** A session at one service. */
export class JwtAuthClient {
  #url; #transport; #storage; #fetch; #locks; #name; #scheme; #onEnd; #patience; #timeout; #sleep; #origins;
  /** The CSRF token of the last answer that had one; a cookie may have one as well. */
  #csrf;
  /** The refresh of this client that is under way. */
  #flight;

  /** @param {import('./jwt-auth.d.ts').Options} options */
  constructor(options = {}) {
    const page = globalThis.location?.href;
    this.#url = new URL(options.url ?? '/api/token/', page);
    if (!this.#url.pathname.endsWith('/')) this.#url.pathname += '/';
    this.#transport = options.transport === 'cookies' ? new Cookies() : new Bearer();
    const isShared = !this.#transport.isBearer && globalThis.indexedDB !== undefined;
    this.#storage = options.storage ?? (isShared ? databaseStorage(`jwt-auth ${this.#url}`) : memoryStorage());
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.#locks = options.locks ?? globalThis.navigator?.locks ?? processLocks;
    this.#name = options.lockName ?? `jwt-auth ${this.#url}`;
    this.#scheme = options.scheme ?? 'Bearer';
    this.#onEnd = options.onEnd ?? (() => {});
    this.#patience = options.patience ?? 60;
    this.#timeout = options.timeout ?? 30;
    this.#sleep = options.sleep ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
    this.#origins = new Set([this.#url.origin, ...(options.origins ?? [])]);
  }

  /** Logs in: sends these credentials once, and resolves with what the service said beside the tokens. */
  async login(credentials) {
    // A late answer to a refresh would put the cookies back of the session that this login ends.
    const alone = (ask) => (this.#transport.isBearer ? ask() : this.#locked('refresh', ask));
    const { verdict, answer } = await alone(() => this.#ask('login', '', () => credentials));
    if (verdict.then !== 'continue') throw new JwtAuthError(answer);
    this.#learn(answer.body);
    await this.#locked('store', async () => this.#storage.set(this.#transport.read(answer, null)));
    const { access, refresh, ...rest } = answer.body;
    return rest;
  }

  /** `fetch` with the session: after a refused access token the session is refreshed, and the request sent once more. */
  async fetch(input, init) {
    const request = new Request(input, init);
    // Tokens are for the service, and not for whoever else is asked.
    if (!this.#origins.has(new URL(request.url).origin)) return this.#fetch(request);
    for (let refreshed = false, replaced = false, resent = false; ; ) {
      const used = await this.#storage.get();
      const response = await this.#fetch(this.#dressed(request.clone(), used));
      if (response.status !== 401 && response.status !== 403) return response;
      const answer = await read(response.clone());
      const { then } = judge('guarded', answer);
      if (then === 'resend' && !resent) {
        resent = true;
        this.#learn(answer.body);
      } else if (then === 'refresh' && !refreshed) {
        const outcome = await this.#renew(used);
        if (outcome === 'ended') return response;
        // What another tab has stored may be over as well, when this one was asleep.
        refreshed = outcome === 'refreshed' || replaced;
        replaced = true;
      } else {
        return response;
      }
    }
  }

  /** Refreshes now. True when there is a session still. */
  async refresh() {
    return (await this.#renew(await this.#storage.get())) !== 'ended';
  }

  /** Takes the tokens of another answer, as of `reauthenticate/` and `logout/others/`, unless newer ones are stored. */
  async take(body) {
    this.#learn(body);
    await this.#keep({ body });
  }

  /** Ends the session, at the service first. */
  async logout() {
    const stored = await this.#storage.get();
    if (stored === null && this.#transport.isBearer) return;
    const { verdict, answer } = await this.#ask('logout', 'blacklist/', () => this.#transport.shown(stored));
    if (verdict.then !== 'end') throw new JwtAuthError(answer);
    await this.#end('logged_out');
  }

  /** Ends all sessions of the user. */
  async logoutEverywhere() {
    const response = await this.fetch(new URL('../logout/all/', this.#url), { method: 'POST' });
    if (response.status === 200) {
      await this.#end('logged_out');
    } else if (response.status !== 401 || (await this.#storage.get()) !== null) {
      throw new JwtAuthError(await read(response));
    }
  }

  /** A refresh in the name of all who wait for one. */
  #renew(used) {
    this.#flight ??= this.#locked('refresh', () => this.#refresh(used)).finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  /** Refreshes, unless somebody has since `used` was read: `refreshed`, `replaced`, or `ended` where there is no session any more. */
  async #refresh(used) {
    let presented, changed = false;
    const newest = async () => {
      presented = await this.#storage.get();
      changed = !this.#transport.isSame(presented, used);
      return changed || (presented === null && this.#transport.isBearer) ? undefined : this.#transport.shown(presented);
    };
    const asked = await this.#ask('refresh', 'refresh/', newest);
    if (asked === undefined) {
      if (changed && presented === null) this.#onEnd({ reason: null });
      return presented === null ? 'ended' : 'replaced';
    }
    const { verdict, answer } = asked;
    if (verdict.then === 'continue') {
      this.#learn(answer.body);
      return (await this.#keep(answer, presented)) ? 'refreshed' : 'ended';
    }
    if (verdict.then !== 'end') throw new JwtAuthError(answer);
    return (await this.#end(answer.body.reason ?? null, presented)) ? 'replaced' : 'ended';
  }

  /** Stores what an answer brought for what was `presented`, if that is known. False where the session has ended meanwhile. */
  #keep(answer, presented) {
    return this.#locked('store', async () => {
      const stored = await this.#storage.get();
      if (stored === null && presented) return false;
      const next = this.#transport.read(answer, presented ?? stored);
      if (this.#transport.replaces(next, stored, presented)) await this.#storage.set(next);
      return true;
    });
  }

  /** Forgets the session, if it is still the one that was `presented`. True where there is another by now. */
  async #end(reason, presented) {
    const goesOn = await this.#locked('store', async () => {
      const stored = await this.#storage.get();
      if (presented !== undefined && stored !== null && !this.#transport.isSame(stored, presented)) return true;
      await this.#storage.set(null);
      return false;
    });
    if (!goesOn) {
      this.#csrf = undefined;
      this.#onEnd({ reason });
    }
    return goesOn;
  }

  /** Asks a token view, as often as it may help. `body` says what to send each time; `undefined` is to ask no more. */
  async #ask(to, path, body) {
    let waited = 0, resent = false;
    for (let turn = 0; ; turn++) {
      const sent = await body();
      if (sent === undefined) return undefined;
      const answer = await this.#post(new URL(path, this.#url), sent);
      const verdict = judge(to, answer);
      if (verdict.then === 'resend' && !resent) {
        resent = true;
        this.#learn(answer.body);
      } else if (verdict.then === 'wait') {
        const pause = Math.max(answer.retryAfter ?? 0, Math.min(2 ** turn, 16) * (0.75 + Math.random() / 4));
        if (waited + pause > this.#patience) throw new JwtAuthError(answer);
        await this.#sleep(pause);
        waited += pause;
      } else {
        return { verdict, answer };
      }
    }
  }

  async #post(url, body) {
    const headers = { 'Content-Type': 'application/json' };
    const signal = AbortSignal.timeout(this.#timeout * 1000);
    try {
      const request = new Request(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
      return await read(await this.#fetch(this.#dressed(request, null)));
    } catch {
      // What became of the request nobody knows: the same token may be shown again.
      return { status: 0, body: undefined };
    }
  }

  /** The request with the credentials that its transport takes. */
  #dressed(request, stored) {
    const headers = new Headers(request.headers);
    if (this.#transport.isBearer) {
      if (stored !== null) headers.set('Authorization', `${this.#scheme} ${stored.access}`);
      return new Request(request, { headers });
    }
    const csrf = this.#csrf ?? this.#transport.csrfCookie(this.#url);
    if (csrf !== undefined && !['GET', 'HEAD', 'OPTIONS'].includes(request.method)) headers.set('X-CSRF-Token', csrf);
    return new Request(request, { headers, credentials: 'include' });
  }

  #learn(body) {
    if (isText(body?.csrf_token)) this.#csrf = body.csrf_token;
  }

  /** Alone in all tabs: `refresh` is held while the service is asked, `store` for a look and a write. */
  #locked(what, work) {
    return this.#locks.request(`${this.#name} ${what}`, work);
  }
}

/** Tokens in the bodies and in the authorization header; the storage holds both. */
class Bearer {
  isBearer = true;

  shown(stored) {
    return { refresh: stored.refresh };
  }

  /** What is to be stored: without rotation the refresh token stays. */
  read({ body }, presented) {
    const refresh = body.refresh ?? presented?.refresh;
    if (!isText(body.access) || !isText(refresh)) {
      throw new TypeError('there are no tokens in the answer: a service with `cookies` wants `transport: "cookies"`');
    }
    return { access: body.access, refresh };
  }

  isSame(one, other) {
    return one?.access === other?.access;
  }

  /** Whether `next`, for which `presented` was shown, is newer than what is stored by now. */
  replaces(next, stored, presented) {
    if (stored === null || (presented && this.isSame(stored, presented))) return true;
    const [mine, theirs] = [claims(next.refresh), claims(stored.refresh)];
    if (mine.sid !== theirs.sid) return presented === undefined; // else somebody has logged in meanwhile
    return mine.gen !== theirs.gen ? mine.gen > theirs.gen : claims(next.access).iat >= claims(stored.access).iat;
  }
}

/** Tokens in cookies that no script can read; the storage holds a mark that each refresh changes, so that tabs see each other's. */
class Cookies {
  isBearer = false;

  shown() {
    return {};
  }

  read({ body }) {
    if (!isText(body.csrf_token)) {
      throw new TypeError('there is no CSRF token in the answer: a service without `cookies` wants `transport: "bearer"`');
    }
    return { mark: `${Date.now()}-${Math.random()}` };
  }

  isSame(one, other) {
    return one?.mark === other?.mark;
  }

  replaces() {
    return true;
  }

  /** The cookie can be read where the page and the service are one origin. */
  csrfCookie(url) {
    if (globalThis.document === undefined || globalThis.location.origin !== url.origin) return undefined;
    return document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]*)/)?.[1];
  }
}

const KEPT = 'session';

async function openDatabase(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore(KEPT);
  return settled(request);
}

function settled(request, done = 'onsuccess') {
  return new Promise((resolve, reject) => {
    request[done] = () => resolve(request.result);
    request.onerror = request.onabort = () => reject(request.error);
  });
}

const waiting = new Map();

/** One at a time within this process: what stands in where there are no Web Locks. */
const processLocks = {
  request(name, work) {
    const outcome = (waiting.get(name) ?? Promise.resolve()).then(work);
    waiting.set(name, outcome.catch(() => {}));
    return outcome;
  },
};

/** The parts of an answer that the contract goes by. */
async function read(response) {
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    // A page of a proxy: no answer of the service.
  }
  const after = response.headers.get('Retry-After');
  const seconds = after === null ? NaN : /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1000;
  return { status: response.status, body, retryAfter: Number.isNaN(seconds) ? undefined : Math.max(seconds, 0) };
}

/** What a token says, unchecked; nothing where it is no JWT. */
function claims(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

/** Whether asking again may be answered otherwise. Here nobody is answered 200 but by a page of somebody else. */
function mayPass(status) {
  return status === 200 || status === 409 || status === 429 || status >= 500 || status === 0;
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}
