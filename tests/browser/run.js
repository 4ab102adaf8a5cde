// The example `browser` in Debian's Chromium, without TLS and with it: `npm ci` in this folder, then `node run.js`.
//
// With `--screenshot` the picture of docs/clients.md is taken anew. What is missing is said loudly; under CI=true it fails.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { contractInThePage, visit } from './visit.js';
import { proxy } from './tls.js';

const top = fileURLToPath(new URL('../..', import.meta.url));
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshot = process.argv.includes('--screenshot') ? join(top, 'docs', 'browser.png') : undefined;

const missing = [
  [Number(process.versions.node.split('.')[0]) >= 18, 'Node 18'],
  [existsSync(browserPath), `Chromium at ${browserPath}`],
  [existsSync(new URL('node_modules/playwright-core', import.meta.url)), 'playwright-core (`npm ci`)'],
  [runs('openssl', 'version'), 'openssl'],
].flatMap(([there, what]) => (there ? [] : [what]));
if (missing.length > 0) {
  console.error(`\n*** NOT TESTED: the page in a browser: ${missing.join(', ')} must be installed ***\n`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

const { chromium } = await import('playwright-core');
const program = build();
await inFolder(async (folder) => {
  const service = await start(folder, {});
  await inBrowser([], async (context) => {
    await visit(context, {
      page: `http://localhost:${service.port}`,
      api: `http://localhost:${service.port}`,
      names: ['access', 'csrf', 'device', 'refresh'],
      screenshot,
    });
    await contractInThePage(context, `http://localhost:${service.port}`, top);
  });
  service.stop();
});
await inFolder(async (folder) => {
  const [page, api] = ['https://app.example.test', 'https://api.example.test'];
  const service = await start(folder, { PAGE_ORIGIN: page, API_ORIGIN: api });
  const hosts = [page, api].map((origin) => new URL(origin).host);
  const tls = await proxy(hosts, service.port, folder);
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1:${tls.port}`).join(', ');
  // This certificate and no other is believed.
  const options = [`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${tls.mark}`];
  await inBrowser(options, (context) => visit(context, { page, api, names: ['__Host-access', '__Host-csrf', '__Host-device', '__Host-refresh'] }));
  tls.close();
  service.stop();
});
process.exit(0); // a connection that a browser has left open holds nobody

function build() {
  // Beside the workspace's own: most of what it needs is compiled there already.
  const target = join(top, 'target');
  const options = ['build', '--quiet', '--locked', '--manifest-path', join(top, 'examples', 'browser', 'Cargo.toml')];
  execFileSync('cargo', [...options, '--target-dir', target], { stdio: 'inherit' });
  return join(target, 'debug', 'browser');
}

/** The example on a free port, with its files in this folder. */
async function start(folder, settings) {
  const env = { PATH: process.env.PATH, BIND: '127.0.0.1:0', ...settings };
  const child = spawn(program, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill());
  for await (const line of createInterface(child.stdout)) {
    return { port: Number(line.split(':').at(-1)), stop: () => child.kill() };
  }
  throw new Error('the example did not start');
}

async function inBrowser(options, work) {
  const browser = await chromium.launch({ executablePath: browserPath, args: options });
  try {
    const context = await browser.newContext({ viewport: { width: 620, height: 420 } });
    context.setDefaultTimeout(20_000);
    await work(context);
  } finally {
    await browser.close();
  }
}

async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'browser-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runs(command, ...options) {
  try {
    execFileSync(command, options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
