// The control files, sentence by sentence of SEMANTICS section 6: formats, names, nesting, limits.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shellHelp } from '../cli/shell.ts';
import { byBytes, ControllerMachine, fileNames, SpecificationMachine } from '../shell/index.ts';
import { bothPrint } from './transcripts.ts';

const R = '/containers/rss';

test('the files read as decimals with a newline, unlimited as 2^63-1', () =>
  bothPrint(`$ mkdir ${R}/0
$ cat ${R}/0/rss_limit
9223372036854775807
$ cat ${R}/0/rss_usage
0
$ cat ${R}/0/rss_failcnt
0
$ cat ${R}/0/rss_reclaimed
0
$ cat ${R}/0/tasks
$ cat ${R}/rss_limit
9223372036854775807
$ cat ${R}/tasks
1`));

test('a file of the model is one everywhere: in every machine, in the listing and in the help', async () => {
  for (const machine of [new SpecificationMachine('letter'), new ControllerMachine('letter')]) {
    machine.mkdir(['0']);
    for (const file of fileNames) assert.match(`${machine.read(['0'], file)}`, /^(\d+\n)?$/, file);
  }
  for (const file of fileNames) assert.ok(shellHelp.includes(file), `${file} is in the shell's help`);
  await bothPrint(`$ mkdir ${R}/0\n$ ls ${R}/0\n${fileNames.join('\n')}`);
});

test('only tasks and rss_limit can be written', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 0 > ${R}/0/rss_usage
sh: echo: EINVAL
$ echo -n 0 > ${R}/0/rss_failcnt
sh: echo: EINVAL
$ echo -n 0 > ${R}/0/rss_reclaimed
sh: echo: EINVAL
$ echo 1 > ${R}/0/tasks
$ echo -n 5 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
5`));

test('rss_limit takes decimal digits and nothing else, and what it refuses changes nothing', async () => {
  for (const text of ['5\n', '+5', '-5', '0x5', '5k', '5 5', '5.0', '1e3', '5,0', 'max', '-1', '5_0', '٥']) {
    const [echo, value] = text.endsWith('\n') ? ['echo', '5'] : ['echo -n', text];
    await bothPrint(`$ mkdir ${R}/0
$ echo -n 7 > ${R}/0/rss_limit
$ ${echo} ${value} > ${R}/0/rss_limit
sh: echo: EINVAL
$ cat ${R}/0/rss_limit
7`);
  }
});

test('leading zeros count for nothing; 2^63-1 is the largest limit', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 007 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
7
$ echo -n 9223372036854775807 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
9223372036854775807
$ echo -n 9223372036854775808 > ${R}/0/rss_limit
sh: echo: EINVAL
$ echo -n 0000000000000000000000000000008 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
8
$ echo -n 99999999999999999999999999999999 > ${R}/0/rss_limit
sh: echo: EINVAL
$ cat ${R}/0/rss_limit
8`));

test('more than 2^63-1 wraps at 2^64 in v3.1 and reads back unsigned', () =>
  bothPrint(
    `$ mkdir ${R}/0
$ echo -n 9223372036854775808 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
9223372036854775808
$ echo -n 18446744073709551615 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
18446744073709551615
$ echo -n 18446744073709551617 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
1
$ echo -n 36893488147419103232 > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
0`,
    'v3.1',
  ));

test('the root: ls, its limit is read and not written, rmdir is EBUSY, mkdir EEXIST', () =>
  bothPrint(`$ ls ${R}
rss_failcnt
rss_limit
rss_reclaimed
rss_usage
tasks
$ echo -n 5 > ${R}/rss_limit
sh: echo: EINVAL
$ echo -n > ${R}/rss_limit
sh: echo: EINVAL
$ cat ${R}/rss_limit
9223372036854775807
$ rmdir ${R}
sh: rmdir: EBUSY
$ mkdir ${R}
sh: mkdir: EEXIST
$ touch 0-9
$ cat ${R}/rss_usage
10`));

test('tasks takes digits with or without one newline; 0 is the shell; a dead or unknown pid is ESRCH', () =>
  bothPrint(`$ mkdir ${R}/0
$ fork a
$ echo -n 2 > ${R}/0/tasks
$ echo 0 > ${R}/0/tasks
$ cat ${R}/0/tasks
1
2
$ echo 002 > ${R}/tasks
$ cat ${R}/0/tasks
1
$ a: exit
$ echo $a > ${R}/0/tasks
sh: echo: ESRCH
$ echo 7 > ${R}/0/tasks
sh: echo: ESRCH
$ echo 99999999999999999999999 > ${R}/0/tasks
sh: echo: ESRCH
$ echo > ${R}/0/tasks
sh: echo: EINVAL
$ echo -n > ${R}/0/tasks
sh: echo: EINVAL
$ echo 1 1 > ${R}/0/tasks
sh: echo: EINVAL
$ echo +1 > ${R}/0/tasks
sh: echo: EINVAL
$ echo -1 > ${R}/0/tasks
sh: echo: EINVAL
$ echo 0x1 > ${R}/0/tasks
sh: echo: EINVAL
$ cat ${R}/0/tasks
1`));

test('ls sorts by bytes, control files and containers together', () =>
  bothPrint(`$ mkdir ${R}/zoo
$ mkdir ${R}/Zoo
$ mkdir ${R}/rss
$ mkdir ${R}/10
$ mkdir ${R}/9
$ mkdir ${R}/ä
$ mkdir ${R}/rss_z
$ ls ${R}/
10
9
Zoo
rss
rss_failcnt
rss_limit
rss_reclaimed
rss_usage
rss_z
tasks
zoo
ä`));

test('bytes of UTF-8 sort as code points, not as UTF-16', () => {
  assert.ok(byBytes('\u{1F600}', '\uFF5E') > 0);
  assert.ok('\u{1F600}' < '\uFF5E', 'UTF-16 says otherwise');
  assert.ok(byBytes('a', 'ab') < 0 && byBytes('a', 'a') === 0);
});

test('nesting is of names: flat accounting, a parent with children is EBUSY', () =>
  bothPrint(`$ mkdir ${R}/a
$ mkdir ${R}/a/b
$ mkdir ${R}/a/b/c
$ echo 0 > ${R}/a/b/c/tasks
$ touch 0-4
$ cat ${R}/a/rss_usage
0
$ cat ${R}/a/b/c/rss_usage
5
$ rmdir ${R}/a
sh: rmdir: EBUSY
$ ls ${R}/a/b
c
rss_failcnt
rss_limit
rss_reclaimed
rss_usage
tasks
$ rmdir ${R}/a/b/c
sh: rmdir: EBUSY
$ echo 0 > ${R}/tasks
$ unmap 0-4
$ rmdir ${R}/a/b/c
$ rmdir ${R}/a/b
$ rmdir ${R}/a`));

test('pages of a removed container pass to its own parent in the linux profiles', () =>
  bothPrint(
    `$ mkdir ${R}/a
$ mkdir ${R}/a/b
$ echo 0 > ${R}/a/b/tasks
$ touch 0-4
$ echo 0 > ${R}/tasks
$ rmdir ${R}/a/b
$ cat ${R}/a/rss_usage
5
$ rmdir ${R}/a
$ cat ${R}/rss_usage
5`,
    'linux-v1',
  ));

test('lowering in linux-v1 is EBUSY and keeps the limit; what was reclaimed stays reclaimed', () =>
  bothPrint(
    `$ mkdir ${R}/0
$ fork a
$ echo $a > ${R}/0/tasks
$ a: touch 0-9
$ a: mlock 0-5
$ echo -n 4 > ${R}/0/rss_limit
sh: echo: EBUSY
$ cat ${R}/0/rss_limit
9223372036854775807
$ cat ${R}/0/rss_usage
6
$ cat ${R}/0/rss_failcnt
0
$ cat ${R}/0/rss_reclaimed
0`,
    'linux-v1',
  ));

test.run();
