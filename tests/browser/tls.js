// A proxy with TLS in front of the service, as there is one in front of any that is not for development.

import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Hands on what comes for these hosts to a port of this machine. Resolves with its own port and the mark of its key. */
export async function proxy(hosts, target, folder) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const made = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${hosts[0]}`;
  execFileSync('openssl', [...made.split(' '), '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
  server.on('request', (asked, answer) => {
    const { method, url, rawHeaders } = asked;
    const onward = request({ host: '127.0.0.1', port: target, method, path: url, headers: pairs(rawHeaders) }, (answered) => {
      answer.writeHead(answered.statusCode, answered.rawHeaders);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.on('upgrade', ({ method, url, rawHeaders }, socket, head) => {
    const onward = connect(target, '127.0.0.1', () => {
      const lines = pairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => [onward, socket].forEach((other) => other.destroy()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const spki = createPublicKey(readFileSync(cert)).export({ type: 'spki', format: 'der' });
  return { port: server.address().port, mark: createHash('sha256').update(spki).digest('base64'), close: () => server.close() };
}

function pairs(raw) {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at], raw[2 * at + 1]]);
}
