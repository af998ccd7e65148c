// A place that takes a file: dropped or pasted.
import { useState, type ClipboardEvent, type DragEvent } from 'react';

/** What a drag carries can only be read when it is dropped; before that only that it is a file. */
const carriesFile = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

export interface Drop {
  /** A file is being held over the place. */
  readonly over: boolean;
  readonly handlers: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
    readonly onPaste: (event: ClipboardEvent) => void;
  };
}

export function useDrop(take: (file: File) => void): Drop {
  const [over, setOver] = useState(false);
  return {
    over,
    handlers: {
      onDragOver(event) {
        if (!carriesFile(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop(event) {
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (!file) return;
        event.preventDefault();
        event.stopPropagation();
        take(file);
      },
      onPaste(event) {
        const file = event.clipboardData.files[0];
        if (!file) return;
        event.preventDefault();
        take(file);
      },
    },
  };
}
