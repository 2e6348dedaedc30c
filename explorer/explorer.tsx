// The explorer page starts here: opens what it was built with or what its link says, then listens.

import { render } from 'preact';
import { Session } from './session.ts';
import { App } from './view/app.tsx';

const session = new Session();
const text = document.getElementById('embedded')?.textContent?.trim();
const embedded = text ? (JSON.parse(text) as { name: string; text: string }) : null;
const place = document.getElementById('app') as HTMLElement;
place.replaceChildren();
render(<App session={session} embedded={embedded} />, place);
