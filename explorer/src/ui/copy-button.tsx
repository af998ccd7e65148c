// Copies a text and says so.
import { useEffect, useState, type ReactNode } from 'react';
import { announce } from './announce.ts';
import { Icon } from './icon.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, such as `URL`. */
  readonly label: string;
  /** Only the icon is seen; the label is its name. */
  readonly compact?: boolean;
}

export function CopyButton({ text, label, compact = false }: CopyButtonProps): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`${label} copied`);
    } catch {
      announce(`The browser does not let this page copy. ${text}`, 'failed');
    }
  };
  return (
    <button
      type="button"
      className={compact ? 'button quiet square' : 'button quiet'}
      onClick={() => void copy()}
      aria-label={compact ? `Copy ${label}` : undefined}
      title={`Copy ${label}`}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      {!compact && label}
    </button>
  );
}
