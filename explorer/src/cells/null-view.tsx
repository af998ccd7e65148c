// No value.
import type { ReactNode } from 'react';

export const NullView = (): ReactNode => <span className="null">null</span>;
