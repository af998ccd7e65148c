// Light or dark, or as the system has it.
import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { Segments, type Segment } from '../ui/segments.tsx';
import { useTheme, type Theme } from './theme.ts';

const themes: readonly Segment<Theme>[] = [
  { value: 'auto', name: 'Colours of the system', label: <Icon name="auto" /> },
  { value: 'light', name: 'Light', label: <Icon name="sun" /> },
  { value: 'dark', name: 'Dark', label: <Icon name="moon" /> },
];

export function ThemeChoice(): ReactNode {
  const [theme, setTheme] = useTheme();
  return <Segments className="theme-choice" label="Colours" segments={themes} chosen={theme} onChoose={setTheme} />;
}
