// The declarations name what there is.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as module from '../../clients/jwt-auth.js';

const read = (name) => readFile(new URL(`../../clients/${name}`, import.meta.url), 'utf8');

test('each export and each method is declared, and no other', async () => {
  const declared = await read('jwt-auth.d.ts');
  const names = [...declared.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(names.sort(), Object.keys(module).sort());
  const body = declared.split('export class JwtAuthClient {')[1].split('\n}')[0];
  const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  assert.deepEqual(methods.sort(), Object.getOwnPropertyNames(module.JwtAuthClient.prototype).sort());
});

test('each option is declared, and no other', async () => {
  const [declared, code] = [await read('jwt-auth.d.ts'), await read('jwt-auth.js')];
  const body = declared.split('export interface Options {')[1].split('\n}')[0];
  const options = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const used = new Set([...code.matchAll(/options\.(\w+)/g)].map(([, name]) => name));
  assert.deepEqual(options.sort(), [...used].sort());
});

test('the page of the contract tells of each answer', async () => {
  const page = await readFile(new URL('../../docs/clients.md', import.meta.url), 'utf8');
  const { rows, words } = JSON.parse(await readFile(new URL('contract.json', import.meta.url), 'utf8'));
  for (const { status, body } of rows.filter(({ from }) => from === 'server')) {
    for (const word of [status, body?.code, body?.reason]) {
      assert.ok(word === undefined || page.includes(status >= 500 ? '5xx' : `${word}`), `${word} is not on the page`);
    }
  }
  for (const word of Object.keys({ ...words.then, ...words.tokens })) assert.match(page, new RegExp(`\\b${word}\\b`));
});

test('the module depends on nothing and writes no log', async () => {
  const code = await read('jwt-auth.js');
  assert.doesNotMatch(code, /^import |import\((?!'\.\/jwt-auth\.d\.ts')|console\./m);
  assert.ok(code.split('\n').length <= 400);
});
