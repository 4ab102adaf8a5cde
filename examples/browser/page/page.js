import { JwtAuthClient, JwtAuthError } from './jwt-auth.js';

const api = document.documentElement.dataset.api || location.origin;
const client = new JwtAuthClient({ url: `${api}/api/token/`, transport: 'cookies', onEnd: ({ reason }) => showLogin(reason) });
const $ = (id) => document.getElementById(id);
const words = {
  token_revoked: 'You were logged out.',
  session_revoked: 'You were logged out.',
  session_expired: 'Your session is over.',
};
let socket;
/** What the service said when it closed the socket. */
let closed;

function showLogin(reason) {
  socket?.close();
  $('session').hidden = true;
  $('login').hidden = false;
  $('why').textContent = words[reason ?? closed] ?? '';
}

/** Who is logged in, as the service says it; the client refreshes on the way where that is needed. */
async function load() {
  const answer = await client.fetch(`${api}/api/me`);
  if (answer.status === 401) return showLogin(null);
  $('user').textContent = (await answer.json()).username;
  $('login').hidden = true;
  $('session').hidden = false;
  listen();
}

/** The session's socket. Whatever closes it, asking again tells whether there is a session still. */
function listen() {
  if (socket && socket.readyState < WebSocket.CLOSING) return;
  const opened = (socket = new WebSocket(`${api.replace('http', 'ws')}/api/live`));
  opened.onmessage = ({ data }) => ($('socket').textContent = `open for ${data} s`);
  opened.onclose = ({ reason }) => {
    closed = reason;
    $('socket').textContent = `closed ${reason}`;
    if (!$('session').hidden) setTimeout(() => run(load), reason ? 0 : 1000);
  };
}

/** What somebody asked for; where it came to nothing the session goes on. Meanwhile nobody can ask twice. */
async function run(work) {
  $('error').textContent = '';
  wait(1);
  try {
    await work();
  } catch (error) {
    const refusal = error instanceof JwtAuthError && error.code === 'refused' && error.body?.detail;
    $('error').textContent = refusal || 'The service cannot be reached. Try again.';
  } finally {
    wait(-1);
  }
}

let waiting = 0;

function wait(more) {
  waiting += more;
  document.body.setAttribute('aria-busy', waiting > 0);
  for (const button of document.querySelectorAll('button')) button.disabled = waiting > 0;
}

$('login').onsubmit = (event) => {
  event.preventDefault();
  run(async () => {
    await client.login(Object.fromEntries(new FormData(event.target)));
    event.target.reset();
    await load();
  });
};

$('note').onsubmit = (event) => {
  event.preventDefault();
  run(async () => {
    const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
    const headers = { 'Content-Type': 'application/json' };
    const answer = await client.fetch(`${api}/api/notes`, { method: 'POST', headers, body });
    if (answer.ok) $('last').textContent = (await answer.json()).text;
  });
};

$('reload').onclick = () => run(load);
$('logout').onclick = () => run(() => client.logout());
$('everywhere').onclick = () => run(() => client.logoutEverywhere());
run(load);
