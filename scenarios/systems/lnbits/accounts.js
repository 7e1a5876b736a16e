/**
 * Before the load: the first user of a new LNbits, her wallets, and what is in them.
 *
 *   node accounts.js --base http://127.0.0.1:5000 --wallets 20
 */
import { parseArgs } from 'node:util';

const text = { type: 'string', default: '' };
const { values } = parseArgs({ options: { base: text, wallets: text } });
const OPENING_SAT = 20_000;

let token = '';
const { access_token: given } = await asked('PUT', '/api/v1/auth/first_install', {
  username: 'admin',
  password: 'correct horse',
  password_repeat: 'correct horse',
});
token = given;
for (let wallet = 0; wallet < Number(values.wallets); wallet++) {
  const { id } = await asked('POST', '/api/v1/wallet', { name: `wallet-${wallet}` });
  await asked('PUT', '/users/api/v1/balance', { id, amount: OPENING_SAT });
}

async function asked(method, path, body) {
  const response = await fetch(`${values.base}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.json();
  throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
}
