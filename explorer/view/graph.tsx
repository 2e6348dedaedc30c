// The state graph of a small scope, drawn: one circle a state, a column for each number of moves from the beginning.

import dagre from '@dagrejs/dagre';
import { memo } from 'preact/compat';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { ProfileName, Scope } from '../../model/index.ts';
import { scopeText } from '../../properties/trace/move.ts';
import { type Asked, type Graph, type Kind, smallScopes, stateGraph, stateKey, wayTo } from '../graph.ts';
import type { ForeignGraph } from '../opened.ts';
import type { Session } from '../session.ts';
import { moveWords } from '../words.ts';

export function GraphPanel({ session }: { readonly session: Session }) {
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind | 'file'>('contract');
  const [which, setWhich] = useState(0);
  const { asked, foreign } = session;
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    setKind(asked.kind);
    setWhich(0);
  }, [asked]);
  useEffect(() => {
    if (!foreign) return;
    setOpen(true);
    setKind('file');
  }, [foreign]);
  const scopes = kind === 'file' ? [] : scopesOf(kind, asked);
  const scope = scopes[Math.min(which, scopes.length - 1)];
  return (
    <details class="graph" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>State graph of a small scope</summary>
      {open && (
        <>
          <div class="options">
            <label>
              model{' '}
              <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
                <option value="contract">contract: every legal choice</option>
                <option value="lru">LRU spec: the two lists decide</option>
                {foreign && <option value="file">from the file</option>}
              </select>
            </label>
            {kind !== 'file' && (
              <label>
                containers/tasks/pages/limit{' '}
                <select value={which} onChange={(event) => setWhich(Number(event.currentTarget.value))}>
                  {scopes.map((each, i) => (
                    <option key={scopeText(each)} value={i}>
                      {scopeText(each)}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </div>
          {kind === 'file'
            ? foreign && <Foreign key={foreign.name} graph={foreign} />
            : scope && <Drawn session={session} kind={kind} scope={scope} />}
        </>
      )}
    </details>
  );
}

/** What a loaded graph asks for comes first. */
function scopesOf(kind: Kind, asked: Asked | null): Scope[] {
  if (asked?.kind !== kind) return [...smallScopes[kind]];
  return [asked.scope, ...smallScopes[kind].filter((each) => scopeText(each) !== scopeText(asked.scope))];
}

interface DrawnProps {
  readonly session: Session;
  readonly kind: Kind;
  readonly scope: Scope;
}

function Drawn({ session, kind, scope }: DrawnProps) {
  const { profile } = session.timeline.world;
  const { graph, places, drawable } = drawnOnce(kind, profile, scope);
  const [focus, setFocus] = useState(0);
  const go = useCallback(
    (id: number) => {
      setFocus(id);
      session.open({ profile, start: 'nothing', scope, turns: wayTo(graph, id) });
    },
    [session, profile, scope, graph],
  );
  if (!graph.complete) {
    return <p class="empty">Under {profile} this scope has more than 200 states: choose a smaller one.</p>;
  }
  const here = graph.indexOf(session.timeline.state);
  return (
    <>
      <p>
        {graph.nodes.length} states, {graph.transitions} transitions, {graph.refused} refused moves. {HOW}
      </p>
      <div class="scroll">
        <Picture graph={drawable} places={places} at={here ?? -1} focus={focus} setFocus={setFocus} go={go} />
      </div>
      {here === undefined && <p class="empty">The state on display is not in this graph.</p>}
    </>
  );
}

const HOW =
  'Thin lines lead one move further; the lines of the state where we stand are thick. Arrow keys choose, Enter goes there.';

/** A graph of a model that does not run here: a state is told, with the steps that lead on from it. */
function Foreign({ graph }: { readonly graph: ForeignGraph }) {
  const places = useMemo(() => layout(graph), [graph]);
  const [at, setAt] = useState(0);
  const on = graph.edges.filter(({ from }) => from === at);
  return (
    <>
      <p>
        {graph.name}: {graph.nodes.length} states. This model does not run in the page: it is shown as the
        file tells it. {HOW}
      </p>
      <div class="scroll">
        <Picture graph={graph} places={places} at={at} focus={at} setFocus={setAt} go={setAt} />
      </div>
      <p aria-live="polite">
        State {at}: <code>{graph.nodes[at]?.label}</code>
      </p>
      <ul class="leads">
        {on.map(({ to, moves }) => (
          <li key={to}>
            <code>{moves.join(', ')}</code> leads to{' '}
            <button type="button" onClick={() => setAt(to)}>
              state {to}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What is drawn of a graph, whoever made it. */
type Drawable = Pick<ForeignGraph, 'nodes' | 'edges'>;

interface PictureProps {
  readonly graph: Drawable;
  readonly places: Places;
  readonly at: number;
  readonly focus: number;
  readonly setFocus: (id: number) => void;
  readonly go: (id: number) => void;
}

/** Drawn again only when one stands in another state of the graph, or looks at one. */
const Picture = memo(function Picture({ graph, places, at, focus, setFocus, go }: PictureProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset
    <svg
      width={places.width}
      height={places.height}
      viewBox={`0 0 ${places.width} ${places.height}`}
      role="group"
      aria-label={`state graph, ${graph.nodes.length} states`}
    >
      {graph.edges.map((edge) => {
        const forward = graph.nodes[edge.to].depth === graph.nodes[edge.from].depth + 1;
        const near = edge.from === at || edge.to === at;
        if (!forward && !near) return null;
        return (
          <path
            key={`${edge.from} ${edge.to}`}
            class={near ? (edge.from === at ? 'edge out' : 'edge in') : 'edge'}
            d={curve(places.of[edge.from], places.of[edge.to])}
          >
            <title>{edge.moves.join(', ')}</title>
          </path>
        );
      })}
      {graph.nodes.map(({ label, depth }, id) => (
        // biome-ignore lint/a11y/useSemanticElements: a drawing has no button element
        <g
          key={id}
          id={`state-${id}`}
          class={`node ${id === at ? 'here' : ''}`}
          transform={`translate(${places.of[id].x} ${places.of[id].y})`}
          role="button"
          tabindex={id === focus ? 0 : -1}
          aria-current={id === at ? 'location' : undefined}
          aria-label={`state ${id}, ${depth} moves: ${label}`}
          onClick={() => go(id)}
          onKeyDown={(event) => onKey(event, graph.nodes.length, focus, setFocus, go)}
        >
          <title>{label.trim() || 'nothing exists'}</title>
          <circle r={11} />
          <text y={4}>{id}</text>
        </g>
      ))}
    </svg>
  );
});

function onKey(
  event: KeyboardEvent,
  count: number,
  focus: number,
  setFocus: (id: number) => void,
  go: (id: number) => void,
): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by !== undefined) {
    const next = (focus + by + count) % count;
    setFocus(next);
    document.getElementById(`state-${next}`)?.focus();
  } else if (event.key === 'Enter' || event.key === ' ') go(focus);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Places {
  readonly of: readonly Place[];
  readonly width: number;
  readonly height: number;
}

const NOWHERE: Places = { of: [], width: 0, height: 0 };

interface Made {
  readonly graph: Graph;
  readonly drawable: Drawable;
  readonly places: Places;
}

const drawn = new Map<string, Made>();

/** A graph is the same whenever it is asked for. */
function drawnOnce(kind: Kind, profile: ProfileName, scope: Scope): Made {
  const key = `${kind} ${profile} ${scopeText(scope)}`;
  const known = drawn.get(key);
  if (known) return known;
  const graph = stateGraph(kind, profile, scope);
  const drawable = {
    nodes: graph.nodes.map(({ state, depth }) => ({ label: stateKey(state, kind), depth })),
    edges: graph.edges.map(({ from, to, moves }) => ({
      from,
      to,
      moves: moves.map((move) => moveWords(move)),
    })),
  };
  const made = { graph, drawable, places: graph.complete ? layout(drawable) : NOWHERE };
  drawn.set(key, made);
  return made;
}

/** dagre places the states by the edges that lead one move further; big graphs by a tree of shortest ways, which is ten times faster. */
function layout({ nodes, edges }: Drawable): Places {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 90, marginx: 16, marginy: 16 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes.keys()) drawing.setNode(String(id), { width: 24, height: 24 });
  const isSmall = nodes.length <= 60;
  const placed = new Set<number>();
  for (const { from, to } of edges) {
    if (nodes[to].depth !== nodes[from].depth + 1 || (!isSmall && placed.has(to))) continue;
    placed.add(to);
    drawing.setEdge(String(from), String(to));
  }
  dagre.layout(drawing);
  const of = [...nodes.keys()].map((id) => drawing.node(String(id)) as Place);
  const { width = 0, height = 0 } = drawing.graph();
  return { of, width, height };
}

/** Forward: a soft curve. Backward or within a column: an arc that bends away. */
function curve(a: Place, b: Place): string {
  const middle = (a.x + b.x) / 2;
  if (b.x > a.x) return `M${a.x} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
  const bend = 40 + Math.abs(a.y - b.y) / 4;
  return `M${a.x} ${a.y}C${a.x} ${a.y - bend} ${b.x} ${b.y - bend} ${b.x} ${b.y}`;
}
