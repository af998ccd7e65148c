// Light or dark: as the system has it, or as somebody chose here.
import { useState } from 'react';

export type Theme = 'auto' | 'light' | 'dark';

const place = 'keystamp-theme';

function storedTheme(): Theme {
  try {
    const held = localStorage.getItem(place);
    return held === 'light' || held === 'dark' ? held : 'auto';
  } catch {
    // A browser may keep pages from storing anything.
    return 'auto';
  }
}

/** Colours are written with `light-dark()`, so the scheme of the root decides all of them. */
export function applyTheme(theme: Theme = storedTheme()): void {
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  return [
    theme,
    (next) => {
      setTheme(next);
      applyTheme(next);
      try {
        localStorage.setItem(place, next);
      } catch {
        // It holds for this page then.
      }
    },
  ];
}
