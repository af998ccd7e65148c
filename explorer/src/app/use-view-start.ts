// Another view begins at its top; and where the focus went with what had it, it goes to the view.
import { useLayoutEffect, useRef, type RefObject } from 'react';

/** @param view changes when another view is looked at. @returns for the element that holds the views */
export function useViewStart(view: string): RefObject<HTMLElement | null> {
  const holder = useRef<HTMLElement>(null);
  const before = useRef(view);
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element || before.current === view) return;
    before.current = view;
    element.scrollTop = 0;
    if (document.activeElement === document.body) element.focus({ preventScroll: true });
  }, [view]);
  return holder;
}
