// Opening a file or a link: what is wrong is said, and what was here before stays.

import { openText, tooLarge } from '../open.ts';
import type { Opened } from '../opened.ts';
import type { Session } from '../session.ts';

/** Opens, and says what is wrong instead if something is. */
export function opening(session: Session, open: () => Opened): boolean {
  try {
    session.show(open());
    return true;
  } catch (error) {
    session.say('error', `${(error as Error).message}. What was here before is still here.`);
    return false;
  }
}

export async function openFile(session: Session, file: File): Promise<void> {
  const why = tooLarge(file.name, file.size);
  if (why !== null) return session.say('error', why);
  const text = await file.text();
  if (opening(session, () => openText(text, file.name))) session.say('note', `${file.name} is open`);
}
