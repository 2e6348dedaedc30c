// Tasks and pages in the shell, sentence by sentence of SEMANTICS section 6: pids, lists, kills, locks.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bothEnd, bothPrint } from './transcripts.ts';

const R = '/containers/rss';

test('each fork takes the next pid, a refused one takes none, none is used again', () =>
  bothPrint(`$ fork a
$ fork a
sh: fork: EEXIST
$ fork sh
sh: fork: EEXIST
$ nobody: fork b
sh: fork: ESRCH
$ fork a-b
sh: fork: EINVAL
$ fork
sh: fork: EINVAL
$ fork b c
sh: fork: EINVAL
$ fork b
$ cat ${R}/tasks
1
2
3
$ b: exit
$ fork b
$ cat ${R}/tasks
1
2
4`));

test('$NAME is the last pid of a name, also after its end; a dead name can be given again', () =>
  bothPrint(`$ mkdir ${R}/0
$ fork a
$ a: exit
$ a: touch 0
sh: touch: ESRCH
$ a: exit
sh: exit: ESRCH
$ a: fork b
sh: fork: ESRCH
$ echo -n $a > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
2
$ fork a
$ echo -n $a > ${R}/0/rss_limit
$ cat ${R}/0/rss_limit
3`));

test('pages are global, a list goes left to right, repeats are references', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo 0 > ${R}/0/tasks
$ touch 3,3,0-2,1
$ cat ${R}/0/rss_usage
4
$ fork a
$ echo $a > ${R}/tasks
$ a: touch 3,7
$ cat ${R}/rss_usage
1
$ unmap 3-5
$ cat ${R}/0/rss_usage
4
$ a: unmap 3
$ cat ${R}/0/rss_usage
3
$ a: unmap 3
$ touch 9007199254740991,4294967296,2147483648
$ cat ${R}/0/rss_usage
6`));

test('a list stops at the first page that fails; what was done stays, one error line', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 2 > ${R}/0/rss_limit
$ fork a
$ echo $a > ${R}/0/tasks
$ a: touch 0,1
$ a: mlock 0,5,1
sh: mlock: ENOMEM
// 0 is locked, 1 is not: it makes room
$ a: touch 2
$ a: touch 0,2
$ cat ${R}/0/rss_failcnt
1
$ a: munlock 0,1,2
sh: munlock: ENOMEM`));

test('a victim is told by name, in the order of the kills, without an error line', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 2 > ${R}/0/rss_limit
$ fork a
$ fork b
$ echo $a > ${R}/0/tasks
$ echo $b > ${R}/0/tasks
$ a: touch 0,1
$ a: mlock 0,1
$ b: touch 5-9
Killed a
$ cat ${R}/0/rss_usage
2
$ fork a
$ cat ${R}/tasks
1
4`));

test('a killed toucher drops the rest of its list', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 1 > ${R}/0/rss_limit
$ fork a
$ fork b
$ echo $a > ${R}/0/tasks
$ b: touch 7
$ a: touch 7,0
$ a: mlock 0
$ a: touch 7,1,2,3
Killed a
$ cat ${R}/0/rss_usage
0
$ b: touch 1-3
$ cat ${R}/rss_usage
4`));

test('copy of the last page of a full container', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 1 > ${R}/0/rss_limit
$ fork a
$ echo $a > ${R}/0/tasks
$ a: copy 0 1
sh: copy: EINVAL
$ a: touch 0
$ a: copy 0 0
sh: copy: EINVAL
$ a: copy 0 1
$ cat ${R}/0/rss_usage
1
$ cat ${R}/0/rss_reclaimed
1
$ a: mlock 1
$ a: copy 1 2
Killed a`));

test('pins do not add up; munlock of what is not locked has no effect', () =>
  bothPrint(`$ mkdir ${R}/0
$ echo -n 1 > ${R}/0/rss_limit
$ fork a
$ echo $a > ${R}/0/tasks
$ a: touch 0
$ a: munlock 0
$ a: mlock 0,0,0
$ a: munlock 0
$ a: touch 1
$ cat ${R}/0/rss_reclaimed
1`));

test('the shell is killed: its line is the last, nothing after it runs', async () => {
  const ends = await bothEnd(`$ mkdir ${R}/0
$ echo -n 0 > ${R}/0/rss_limit
$ echo $$ > ${R}/0/tasks
$ fork a
$ a: touch 0
Killed sh
$ ls ${R}`);
  assert.equal(ends, ['killed', 'killed']);
});

test('the model and the implementation bear the letter at full size, with other tasks about', () =>
  bothPrint(`$ mkdir ${R}/0
$ fork other
$ other: touch 20000-20099
$ other: mlock 20000-20009
$ echo $$ > ${R}/0/tasks
$ echo -n 6000 > ${R}/0/rss_limit
$ fork toucher
$ toucher: touch 0-9999
$ cat ${R}/0/rss_usage
6000
$ cat ${R}/0/rss_reclaimed
4000
$ cat ${R}/rss_usage
100`));

test.run();
