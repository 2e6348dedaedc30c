// The language of the shell, sentence by sentence of SEMANTICS section 6: words, errors, scripts, transcripts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseScript } from '../shell/index.ts';
import { bothEnd, bothPrint } from './transcripts.ts';

const R = '/containers/rss';

test('$NAME takes the longest match, $$ is the shell, $sh too; names may begin with a digit', () =>
  bothPrint(`$ mkdir ${R}/0
$ fork a
$ fork ab
$ fork a_1
$ fork 1
$ echo -n $ab > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
3
$ echo -n $a_1 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
4
$ echo -n $1 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
5
$ echo -n $$$a > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
12
$ echo -n $sh > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
1
$ echo $abc > ${R}/0/tasks
sh: echo: EINVAL`));

test('what is no page list is EINVAL and touches nothing', async () => {
  for (const list of [
    '5-3',
    '',
    'x',
    '1,',
    ',1',
    '1-',
    '-1',
    '1-2-3',
    '1,,2',
    '0,5-3',
    '1 2',
    '0x1',
    '1.5',
    '0-10000000',
  ]) {
    await bothPrint(`$ touch ${list}
sh: touch: EINVAL
$ cat ${R}/rss_usage
0`);
  }
});

test('COMMAND in an error is the first word without the prefix; a missing file or container is ENOENT', () =>
  bothPrint(`$ x: touch 0
sh: touch: ESRCH
$ cat ${R}/no/rss_usage
sh: cat: ENOENT
$ cat ${R}/nofile
sh: cat: ENOENT
$ cat ${R}
sh: cat: ENOENT
$ ls ${R}/no
sh: ls: ENOENT
$ ls ${R}/tasks
sh: ls: ENOENT
$ rmdir ${R}/no
sh: rmdir: ENOENT
$ echo 1 > ${R}/no/tasks
sh: echo: ENOENT
$ echo 1 > ${R}/new
sh: echo: ENOENT
$ echo 1 > /tmp/new
sh: echo: ENOENT
$ ls ${R}
rss_failcnt
rss_limit
rss_reclaimed
rss_usage
tasks
$ mkdir ${R}/a/b
sh: mkdir: ENOENT
$ mkdir ${R}/tasks
sh: mkdir: EEXIST
$ mkdir /elsewhere
sh: mkdir: ENOENT`));

test('mkdir, rmdir, ls, cat and echo take no prefix', () =>
  bothPrint(`$ fork a
$ a: mkdir ${R}/0
sh: mkdir: EINVAL
$ a: rmdir ${R}/0
sh: rmdir: EINVAL
$ a: ls ${R}
sh: ls: EINVAL
$ a: cat ${R}/tasks
sh: cat: EINVAL
$ a: echo 1 > ${R}/tasks
sh: echo: EINVAL
$ nobody: ls ${R}
sh: ls: EINVAL
$ sh: touch 0
$ cat ${R}/rss_usage
1`));

test('what is not in the language is EINVAL, and the script goes on', () =>
  bothPrint(`$ tuoch 3
sh: tuoch: EINVAL
$ mkdir
sh: mkdir: EINVAL
$ mkdir ${R}/a ${R}/b
sh: mkdir: EINVAL
$ mkdir -p ${R}/a
sh: mkdir: EINVAL
$ cat
sh: cat: EINVAL
$ copy 1
sh: copy: EINVAL
$ copy 1 2 3
sh: copy: EINVAL
$ copy 1-2 3
sh: copy: EINVAL
$ exit 3
sh: exit: EINVAL
$ echo 1 >
sh: echo: EINVAL
$ echo 1 >> ${R}/tasks
sh: echo: EINVAL
$ cat ${R}/tasks
1`));

test('echo: several words are joined by one blank, -n is the first word alone', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n  12 > ${R}/0/rss_limit
$ echo -n 1   2 > ${R}/0/rss_limit
sh: echo: EINVAL
$ echo -n -n > ${R}/0/rss_limit
sh: echo: EINVAL
$ echo -n 4 >${R}/0/rss_limit
$ cat ${R}/0/rss_limit
4
$ echo $$ and   $sh
1 and 1`));

test('exit without a prefix ends the script', async () => {
  const ends = await bothEnd(`$ fork a
$ a: exit
$ exit
$ cat ${R}/tasks`);
  assert.equal(ends, ['exit', 'exit']);
});

test('what is a transcript, a script, a comment, a profile', () => {
  const transcript = parseScript('// profile: v3.1\n\n$ ls /x\nout\n\n// a remark\nmore\n$\n$ cat F\n');
  assert.is(transcript.isTranscript, true);
  assert.equal(transcript.profile, { name: 'v3.1', line: 1 });
  assert.equal(
    transcript.entries.map(({ line, command, expected }) => [line, command, expected]),
    [
      [3, 'ls /x', 'out\nmore\n'],
      [8, '', ''],
      [9, 'cat F', ''],
    ],
  );
  const script = parseScript('// hello\r\nls /x\r\n  touch 3\n// profile: letter\n');
  assert.is(script.isTranscript, false);
  assert.is(script.profile, null, 'after the first command it is a comment like any other');
  assert.equal(
    script.entries.map(({ line, command }) => [line, command.trim()]),
    [
      [2, 'ls /x'],
      [3, 'touch 3'],
    ],
  );
});

test('a file that is neither is refused with the line that shows it', () => {
  assert.throws(() => parseScript('out\n$ ls /x\n'), /stands before the first command/);
  assert.throws(() => parseScript('{"a": 1}\n'), /no command is called \{"a":; legal are: mkdir, /);
  assert.throws(() => parseScript('ls /x\nb\0'), /a NUL/);
  assert.equal(parseScript('').entries, []);
});

test.run();
