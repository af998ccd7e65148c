// A button with a panel that opens below it. Escape, a click elsewhere and leaving with Tab close it.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

interface PopoverProps {
  readonly label: ReactNode;
  /** Drawn while it is open. */
  readonly children: () => ReactNode;
}

export function Popover({ label, children }: PopoverProps): ReactNode {
  const [open, setOpen] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (!holder.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      className="popover"
      ref={holder}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div className="popover-panel" id={id}>
          {children()}
        </div>
      )}
    </div>
  );
}
