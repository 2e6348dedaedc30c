// The state graph of a small scope, drawn: one circle a state, a column for each number of moves from the beginning.

import dagre from '@dagrejs/dagre';
import { memo } from 'preact/compat';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ProfileName, Scope } from '../../model/index.ts';
import { type Asked, type Graph, type Kind, smallScopes, stateGraph, stateKey, wayTo } from '../graph.ts';
import type { Session } from '../session.ts';
import { moveWords } from '../words.ts';

const text = ({ containers, tasks, pages, limit }: Scope) => `${containers}/${tasks}/${pages}/${limit}`;

export function GraphPanel({ session }: { readonly session: Session }) {
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind>('contract');
  const [which, setWhich] = useState(0);
  const { asked } = session;
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    setKind(asked.kind);
    setWhich(0);
  }, [asked]);
  const scopes = scopesOf(kind, asked);
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
              </select>
            </label>
            <label>
              containers/tasks/pages/limit{' '}
              <select value={which} onChange={(event) => setWhich(Number(event.currentTarget.value))}>
                {scopes.map((each, i) => (
                  <option key={text(each)} value={i}>
                    {text(each)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <Drawn session={session} kind={kind} scope={scope} />
        </>
      )}
    </details>
  );
}

/** What a loaded graph asks for comes first. */
function scopesOf(kind: Kind, asked: Asked | null): Scope[] {
  if (asked?.kind !== kind) return [...smallScopes[kind]];
  return [asked.scope, ...smallScopes[kind].filter((each) => text(each) !== text(asked.scope))];
}

interface DrawnProps {
  readonly session: Session;
  readonly kind: Kind;
  readonly scope: Scope;
}

function Drawn({ session, kind, scope }: DrawnProps) {
  const { profile } = session.timeline.world;
  const { graph, places } = drawnOnce(kind, profile, scope);
  const [focus, setFocus] = useState(0);
  if (!graph.complete) {
    return <p class="empty">Under {profile} this scope has more than 200 states: choose a smaller one.</p>;
  }
  const here = graph.indexOf(session.timeline.state);
  const go = useCallback(
    (id: number) => {
      setFocus(id);
      session.open({ profile, start: 'nothing', scope, turns: wayTo(graph, id) });
    },
    [session, profile, scope, graph],
  );
  return (
    <>
      <p>
        {graph.nodes.length} states, {graph.transitions} transitions, {graph.refused} refused moves. Thin
        lines lead one move further; the lines of the state where we stand are thick. Arrow keys choose, Enter
        goes there.
      </p>
      <div class="scroll">
        <Picture graph={graph} places={places} at={here ?? -1} focus={focus} setFocus={setFocus} go={go} />
      </div>
      {here === undefined && <p class="empty">The state on display is not in this graph.</p>}
    </>
  );
}

interface PictureProps {
  readonly graph: Graph;
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
            <title>{edge.moves.map((move) => moveWords(move)).join(', ')}</title>
          </path>
        );
      })}
      {graph.nodes.map(({ id, state, depth }) => (
        // biome-ignore lint/a11y/useSemanticElements: a drawing has no button element
        <g
          key={id}
          id={`state-${id}`}
          class={`node ${id === at ? 'here' : ''}`}
          transform={`translate(${places.of[id].x} ${places.of[id].y})`}
          role="button"
          tabindex={id === focus ? 0 : -1}
          aria-current={id === at ? 'location' : undefined}
          aria-label={`state ${id}, ${depth} moves: ${stateKey(state, graph.kind)}`}
          onClick={() => go(id)}
          onKeyDown={(event) => onKey(event, graph, focus, setFocus, go)}
        >
          <title>{stateKey(state, graph.kind).trim() || 'nothing exists'}</title>
          <circle r={11} />
          <text y={4}>{id}</text>
        </g>
      ))}
    </svg>
  );
});

function onKey(
  event: KeyboardEvent,
  graph: Graph,
  focus: number,
  setFocus: (id: number) => void,
  go: (id: number) => void,
): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by !== undefined) {
    const next = (focus + by + graph.nodes.length) % graph.nodes.length;
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

const drawn = new Map<string, { graph: Graph; places: Places }>();

/** A graph is the same whenever it is asked for. */
function drawnOnce(kind: Kind, profile: ProfileName, scope: Scope): { graph: Graph; places: Places } {
  const key = `${kind} ${profile} ${text(scope)}`;
  const known = drawn.get(key);
  if (known) return known;
  const graph = stateGraph(kind, profile, scope);
  const made = { graph, places: graph.complete ? layout(graph) : NOWHERE };
  drawn.set(key, made);
  return made;
}

/** dagre places the states by the edges that lead one move further; big graphs by the tree of shortest ways, which is ten times faster. */
function layout(graph: Graph): Places {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 90, marginx: 16, marginy: 16 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) drawing.setNode(String(id), { width: 24, height: 24 });
  const small = graph.nodes.length <= 60;
  for (const { from, to } of graph.edges) {
    const { parent, depth } = graph.nodes[to];
    if (small ? depth === graph.nodes[from].depth + 1 : parent === from)
      drawing.setEdge(String(from), String(to));
  }
  dagre.layout(drawing);
  const of = graph.nodes.map(({ id }) => drawing.node(String(id)) as Place);
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
