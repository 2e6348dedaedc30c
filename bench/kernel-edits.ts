// Mistakes for a kernel's memory controller (Linux 6.12), as edits: file, function, and a pattern of ours that must fit exactly once in it.
// What is wrong, and after what it is made, says docs/kernel-mutants.md. No text of the kernel is in here but the names that an edit must hit.

export interface Edit {
  readonly id: string;
  readonly slug: string;
  /** Below mm/, unless it begins with a slash: then below the root of the source. */
  readonly file: string;
  /** The function that is changed; the pattern is looked for in its body alone. */
  readonly within: string;
  /** None: it is not planted, since nothing here would show it. */
  readonly find?: RegExp;
  readonly put?: string;
  /** What it would take to see it. */
  readonly needs?: string;
}

/** A whole statement or line, with its line break. */
const line = (pattern: string): RegExp => new RegExp(`^[ \\t]*${pattern}[^\\n]*\\n`, 'm');

export const edits: readonly Edit[] = [
  {
    id: 'K01',
    slug: 'uncharge-of-one-is-lost',
    file: 'memcontrol.c',
    within: '__mem_cgroup_uncharge_folios',
    find: /i < folios->nr;/,
    put: 'i + 1 < folios->nr;',
  },
  {
    id: 'K02',
    slug: 'reclaimed-pages-stay-charged',
    file: 'vmscan.c',
    within: 'shrink_folio_list',
    find: /^[ \t]*mem_cgroup_uncharge_folios\([^\n]*\n(?=[ \t]*try_to_unmap_flush\(\);\n[ \t]*free_unref_folios\(&free_folios\);\n\n)/m,
    put: '',
  },
  {
    id: 'K03',
    slug: 'limit-is-one-less',
    file: 'page_counter.c',
    within: 'page_counter_try_charge',
    find: /new > c->max/,
    put: 'new >= c->max',
  },
  {
    id: 'K04',
    slug: 'limit-below-usage-accepted',
    file: 'page_counter.c',
    within: 'page_counter_set_max',
    find: /if \(usage > nr_pages\)\s*return -EBUSY;/,
    put: '',
  },
  {
    id: 'K06',
    slug: 'lost-oom-wakeup',
    file: 'memcontrol.c',
    within: 'uncharge_batch',
    find: line('memcg1_oom_recover'),
    put: '',
  },
  {
    id: 'K07',
    slug: 'enabled-killer-does-not-wake',
    file: 'memcontrol-v1.c',
    within: 'mem_cgroup_oom_control_write',
    find: /if \(!val\)\s*memcg1_oom_recover\(memcg\);/,
    put: '',
  },
  {
    id: 'K08',
    slug: 'current-not-owner',
    file: 'memcontrol.c',
    within: 'get_mem_cgroup_from_mm',
    find: /rcu_dereference\(mm->owner\)/,
    put: 'current',
  },
  {
    id: 'K10',
    slug: 'oom-falls-on-outsider',
    file: 'oom_kill.c',
    within: 'select_bad_process',
    find: /is_memcg_oom\(oc\)/,
    put: '0',
  },
  {
    id: 'K11',
    slug: 'smallest-is-taken-for-biggest',
    file: 'oom_kill.c',
    within: 'oom_badness',
    find: /return points;/,
    put: 'return -points;',
  },
  {
    id: 'K12',
    slug: 'retry-budget-ignores-progress',
    file: 'memcontrol.c',
    within: 'try_charge_memcg',
    find: /if \(mem_cgroup_margin\(mem_over_limit\) >= nr_pages\)\s*goto retry;\s*if \(!drained\) \{[^}]*\}/,
    put: '',
  },
  {
    id: 'K13',
    slug: 'parallel-oom-kills-twice',
    file: 'memcontrol.c',
    within: 'mem_cgroup_out_of_memory',
    find: /if \(mem_cgroup_margin\(memcg\)[^\n]*\n\s*goto unlock;/,
    put: '',
  },
  {
    id: 'K15',
    slug: 'lru-size-of-the-wrong-list',
    file: 'mlock.c',
    within: '__mlock_folio',
    find: /lruvec_del_folio\(lruvec, folio\);\s*folio_clear_active\(folio\);/,
    put: 'folio_clear_active(folio);\n\tlruvec_del_folio(lruvec, folio);',
  },
  {
    id: 'K17',
    slug: 'css-reference-per-page-leaks',
    file: 'memcontrol.c',
    within: 'uncharge_folio',
    find: line('css_put'),
    put: '',
  },
  {
    id: 'K18',
    slug: 'ids-leak',
    file: 'memcontrol.c',
    within: 'mem_cgroup_css_offline',
    find: line('mem_cgroup_id_put'),
    put: '',
  },
  {
    id: 'K20',
    slug: 'failed-charge-stays-below',
    file: 'page_counter.c',
    within: 'page_counter_try_charge',
    find: /for \(c = counter; c != \*fail; c = c->parent\)\s*page_counter_cancel\(c, nr_pages\);/,
    put: '',
    needs: 'groups in groups',
  },
  {
    id: 'K21',
    slug: 'watermark-before-limit',
    file: 'page_counter.c',
    within: 'page_counter_try_charge',
    find: /if \(new > c->max\)/,
    put: 'if (new > READ_ONCE(c->watermark))\n\t\t\tWRITE_ONCE(c->watermark, new);\n\t\tif (new > c->max)',
  },
  {
    id: 'K23',
    slug: 'stock-survives-drain',
    file: 'memcontrol.c',
    within: 'drain_all_stock',
    find: /drain_local_stock\(&stock->work\);/,
    put: ';',
  },
  {
    id: 'K25',
    slug: 'cpu-goes-with-its-stock',
    file: 'memcontrol.c',
    within: 'memcg_hotplug_cpu_dead',
    find: line('drain_stock'),
    put: '',
    needs: 'a processor that is switched off: UML has one',
  },
  {
    id: 'K26',
    slug: 'swap-record-names-the-dead',
    file: 'memcontrol.c',
    within: '__mem_cgroup_try_charge_swap',
    find: /memcg = mem_cgroup_id_get_online\(memcg\);/,
    put: 'mem_cgroup_id_get_many(memcg, 1);',
    needs: 'swap',
  },
  {
    id: 'K28',
    slug: 'ksm-copy-is-free',
    file: 'ksm.c',
    within: 'ksm_might_need_to_copy',
    find: /mem_cgroup_charge\([^)]*\)/,
    put: '0',
    needs: 'swap and KSM',
  },
  {
    id: 'K30',
    slug: 'migration-keeps-the-old-record',
    file: 'memcontrol.c',
    within: 'mem_cgroup_migrate',
    find: line('old->memcg_data = 0'),
    put: '',
    needs: 'pages that migrate',
  },
  {
    id: 'K32',
    slug: 'dying-tasks-pass-the-limit',
    file: 'memcontrol.c',
    within: 'try_charge_memcg',
    find: /^[ \t]*memcg_memory_event\(mem_over_limit, MEMCG_MAX\);\n[ \t]*raised_max_event = true;/m,
    put: '\tif (task_is_dying())\n\t\tgoto force;\n\n$&',
  },
  {
    id: 'K34',
    slug: 'max-write-gives-up',
    file: 'memcontrol.c',
    within: 'memory_max_write',
    find: /if \(nr_reclaims\) \{[^}]*\}/,
    put: 'break;',
  },
  {
    id: 'K35',
    slug: 'hugetlb-region-reference',
    file: 'hugetlb_cgroup.c',
    within: 'hugetlb_cgroup_uncharge_file_region',
    needs: 'the controller of huge pages, which UML does not have',
  },
  {
    id: 'K37',
    slug: 'pids-failed-charge-stays',
    file: '/kernel/cgroup/pids.c',
    within: 'pids_try_charge',
    find: line('pids_cancel\\(p, num\\)'),
    put: '',
    needs: 'the pids controller: a fork that it refuses',
  },
  {
    id: 'K38',
    slug: 'set-max-does-not-look-again',
    file: 'page_counter.c',
    within: 'page_counter_set_max',
    find: /if \(page_counter_read\(counter\) <= usage \|\| nr_pages >= old\)\s*return 0;/,
    put: 'return 0;',
    needs: 'a charge between look and write: two processors',
  },
];

/** The text with the edit made. @throws Error if it does not fit exactly once, or the function is not there exactly once */
export function planted(text: string, { id, within, find = /$^/, put = '' }: Edit): string {
  const head = new RegExp(`^[a-z][^\\n;{}]*\\b${within}\\([^;{}]*\\)\\s*\\{\\n`, 'gm');
  const heads = [...text.matchAll(head)];
  if (heads.length !== 1) throw new Error(`${id}: function ${within} is there ${heads.length} times`);
  const from = heads[0].index + heads[0][0].length;
  const to = text.indexOf('\n}\n', from);
  const body = text.slice(from, to + 1);
  const places = [...body.matchAll(new RegExp(find.source, `${find.flags.replace('g', '')}g`))];
  if (places.length !== 1) throw new Error(`${id}: the pattern fits ${places.length} times in ${within}`);
  return text.slice(0, from) + body.replace(find, put) + text.slice(to + 1);
}
