// What went wrong, above what can still be used.
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface FaultBannerProps {
  readonly lines: readonly string[];
  readonly children?: ReactNode;
}

export function FaultBanner({ lines, children }: FaultBannerProps): ReactNode {
  return (
    <div className="banner failed" role="alert">
      <Icon name="warning" />
      <div className="banner-lines">
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {children}
    </div>
  );
}
