// The player decides in the middle of a shell command: it waits for the answer, hears what was wrong with it, and ends when the player leaves.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Session } from '../explorer/session.ts';

/** A container of one page that is full, and a player who decides. */
async function deciding(): Promise<Session> {
  const session = new Session();
  for (const line of ['mkdir /containers/rss/0', 'echo $$ > /containers/rss/0/tasks'])
    await session.run(line);
  await session.run('echo -n 1 > /containers/rss/0/rss_limit');
  await session.run('touch 0');
  session.setDecider('me');
  return session;
}

test('a shell command waits for a choice, and is interrupted when the player leaves', async () => {
  const session = await deciding();
  const answered = session.run('touch 1-2');
  while (!session.pending) await new Promise((resolve) => setTimeout(resolve));
  session.decide(null);
  while (!session.pending) await new Promise((resolve) => setTimeout(resolve));
  session.goTo(0);
  assert.is(await answered, false);
  assert.match(session.said.at(-1)?.output ?? '', /interrupted/);
  assert.is(session.running, null);
});

test('an answer that is not legal is said, to the shell that waits or to the player, and the page goes on', async () => {
  const session = await deciding();
  const answered = session.run('touch 1');
  while (!session.pending) await new Promise((resolve) => setTimeout(resolve));
  session.decide([7]);
  assert.is(await answered, false);
  assert.match(session.said.at(-1)?.output ?? '', /7/);
  assert.is(await session.run('cat /containers/rss/0/rss_usage'), true, 'the next line runs');
  session.act(['touch', 1, 1]);
  session.decide([7]);
  assert.match(session.messages.at(-1)?.text ?? '', /7/);
  session.act(['touch', 1, 500_000]);
  assert.match(session.messages.at(-1)?.text ?? '', /more than this page shows/);
});

test.run();
