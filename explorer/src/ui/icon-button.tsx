// Buttons and links that are seen as a drawing; their name is heard, and shown as a tooltip.
import type { AnchorHTMLAttributes, ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { Link } from './link.tsx';

interface Drawn {
  readonly icon: IconName;
  readonly name: string;
}

const look = (className: string | undefined): string =>
  className === undefined ? 'button quiet square' : `button quiet square ${className}`;

export function IconButton({
  icon,
  name,
  className,
  ...rest
}: Drawn & Omit<ComponentProps<'button'>, 'name'>): ReactNode {
  return (
    <button type="button" className={look(className)} aria-label={name} title={name} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export function IconLink({
  icon,
  name,
  className,
  ...rest
}: Drawn & { readonly to: string } & AnchorHTMLAttributes<HTMLAnchorElement>): ReactNode {
  return (
    <Link className={look(className)} aria-label={name} title={name} {...rest}>
      <Icon name={icon} />
    </Link>
  );
}
