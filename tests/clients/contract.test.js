// Each row of contract.json, over each transport that it is of.

import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as module from '../../clients/jwt-auth.js';
import { check } from './contract.js';

const { rows } = JSON.parse(await readFile(new URL('contract.json', import.meta.url), 'utf8'));

for (const row of rows) {
  for (const over of row.over) {
    test(`${row.to}: ${row.name}, over ${over}`, () => check(row, over, module));
  }
}
