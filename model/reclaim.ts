// Reclaim: pages of the container that is full (where the profile is nested: of its subtree), and of no other, are taken from everybody who maps
// them (L10, I6, I7).

import { type Chooser, IllegalChoice, type Progress } from './action.ts';
import { type Container, type ContainerId, type PageId, pinnedPages, type State } from './state.ts';
import { subtree } from './tree.ts';
import { forgetMappings, unlink } from './unmap.ts';

/** Reclaims from the subtree of c what the chooser takes: some of its unpinned pages, at least one if there is any. */
export function reclaim(progress: Progress, c: ContainerId, choose: Chooser): Progress {
  const pinned = pinnedPages(progress.state);
  const owned: PageId[] = [];
  for (const id of subtree(progress.state, c)) {
    const { active, inactive } = progress.state.containers.get(id) as Container;
    owned.push(...active, ...inactive);
  }
  const candidates = owned.filter((p) => !pinned.has(p));

  const { pages, state } = choose.reclaim(progress.state, c, candidates);
  mustBeLegal(progress.state, c, pages, candidates);
  let after: Progress = { ...progress, state };
  for (const p of pages) after = reclaimPage(after, p);
  return after;
}

/** Takes one page from every mapper, wherever they are; its owner is uncharged. The next touch faults, and that toucher's container owns it. */
export function reclaimPage(progress: Progress, p: PageId): Progress {
  const state = unlink(forgetMappings(progress.state, p), p);
  return { ...progress, state, reclaimed: [...progress.reclaimed, p] };
}

function mustBeLegal(
  state: State,
  c: ContainerId,
  pages: readonly PageId[],
  candidates: readonly PageId[],
): void {
  for (const p of pages) {
    if (!candidates.includes(p)) {
      throw new IllegalChoice(
        `page ${p} is not an unpinned page of container ${c}, legal are: ${candidates.join(' ') || 'none'}`,
      );
    }
  }
  if (new Set(pages).size < pages.length)
    throw new IllegalChoice(`a page is reclaimed twice: ${pages.join(' ')}`);
  const mayGiveUp = candidates.length === 0 || state.profile.scan === '13 passes';
  if (pages.length === 0 && !mayGiveUp) {
    throw new IllegalChoice(
      `nothing was reclaimed, although container ${c} could give up: ${candidates.join(' ')}`,
    );
  }
}
