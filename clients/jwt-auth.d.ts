/** What the storage keeps: with `bearer` both tokens, with `cookies` a mark that each refresh changes. */
export type Stored = { access: string; refresh: string } | { mark: string };

/**
 * Where a session is kept, shared by the tabs that share it. What `set` has written, when its promise is fulfilled, the next `get` of any of them
 * has to see. What `get` gave must not change afterwards.
 */
export interface SessionStorage {
  get(): Stored | null | Promise<Stored | null>;
  /** `null` when the session has ended. */
  set(value: Stored | null): void | Promise<void>;
}

/** The part of the Web Locks API that is used. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface Options {
  /** Where the token routes are. Defaults to `/api/token/` of the page's origin; outside of a page it has to be a whole URL. */
  url?: string | URL;
  /** How tokens travel: in bodies and the authorization header, or in cookies (the service's setting). Defaults to `bearer`. */
  transport?: 'bearer' | 'cookies';
  /** Defaults to memory with `bearer`, and with `cookies` in a page to IndexedDB, which then holds no token. */
  storage?: SessionStorage;
  /** Other origins that get the tokens. Defaults to none but the one of `url`. */
  origins?: string[];
  /** Called when the session is over; `reason` is the service's, `logged_out`, or `null` where nobody said. */
  onEnd?: (end: { reason: string | null }) => void;
  /** The word before the access token in the header. Defaults to `Bearer`. */
  scheme?: string;
  /** How many seconds a refresh may wait in all before it is given up. Defaults to 60. */
  patience?: number;
  /** How many seconds a token route may take to answer. Defaults to 30. */
  timeout?: number;
  /** Defaults to the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
  /** Defaults to `navigator.locks`, and where there is none to one at a time within this process. */
  locks?: Locks;
  /** Tabs that share a storage share this name. Defaults to one made of `url`. */
  lockName?: string;
  /** Waits so many seconds. Defaults to `setTimeout`. */
  sleep?: (seconds: number) => Promise<void>;
}

/** A session at one service. */
export class JwtAuthClient {
  constructor(options?: Options);
  /** Sends these credentials once, and resolves with what the service said beside the tokens. */
  login(credentials: Record<string, unknown>): Promise<Record<string, unknown>>;
  /**
   * `fetch` with the session. After a refused access token the session is refreshed, once for all requests and tabs, and the request sent
   * once more. A 401 that comes back is the service's last word; a refresh that could not be made throws a `JwtAuthError`.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Refreshes now. True when there is a session still. */
  refresh(): Promise<boolean>;
  /** Takes the tokens of another answer, as of `reauthenticate/` and `logout/others/`, unless newer ones are stored. */
  take(body: Record<string, unknown>): Promise<void>;
  /** Ends the session, at the service first: when it cannot be asked this throws, and both tokens stay. */
  logout(): Promise<void>;
  /** Ends all sessions of the user, likewise. */
  logoutEverywhere(): Promise<void>;
}

/** A request that came to nothing. The session goes on, whatever `code` says. */
export class JwtAuthError extends Error {
  constructor(answer: { status: number; body: unknown; retryAfter?: number });
  /** `unavailable`: nobody could answer, try again later. `refused`: the answer is in `body`. */
  readonly code: 'unavailable' | 'refused';
  /** The status of the answer, 0 where there was none. */
  readonly status: number;
  /** Its JSON, if that is what it was. */
  readonly body: unknown;
  /** Seconds, where the service said so. */
  readonly retryAfter?: number;
}

/** What to do with the tokens, and what next: the words of tests/clients/contract.json. */
export interface Verdict {
  tokens: 'take' | 'keep' | 'forget';
  then: 'continue' | 'refresh' | 'resend' | 'wait' | 'end' | 'return' | 'fail';
}

/** What a client must do about an answer: the contract as a function. `status` is 0 for no answer, `body` its JSON. */
export function judge(
  to: 'login' | 'refresh' | 'logout' | 'guarded',
  answer: { status: number; body: unknown },
): Verdict;

/** A storage for as long as the page is open. */
export function memoryStorage(): SessionStorage;

/** A storage in IndexedDB: it outlives the page, and tabs see at once what one of them has written. Scripts can read it. */
export function databaseStorage(name?: string): SessionStorage;
