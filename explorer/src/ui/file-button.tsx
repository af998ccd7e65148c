// A button that lets somebody choose a file.
import type { InputHTMLAttributes, ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** What pictures are chosen from. */
export const pictureTypes = 'image/*,.pdf';

interface FileButtonProps {
  readonly children: ReactNode;
  readonly onFile: (file: File) => void;
  readonly accept?: string;
  readonly className?: string;
  /** Of the control itself. */
  readonly control?: InputHTMLAttributes<HTMLInputElement>;
}

export function FileButton({ children, onFile, accept, className = 'button', control }: FileButtonProps): ReactNode {
  return (
    <label className={className}>
      <Icon name="upload" /> {children}
      <input
        {...control}
        type="file"
        accept={accept}
        className="sr-only"
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again later.
          target.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
