// The datastore at a glance: its dataclasses with their counts, and the views beside the data.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useCatalog, type Catalog } from '../api/catalog.ts';
import { useCounts } from '../api/counts.tsx';
import { navigate } from '../navigation.ts';
import { href, modelNames, type Place, type Route } from '../route.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Link } from '../ui/link.tsx';
import { printNumber } from '../ui/print.ts';
import { Brand } from './brand.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const views: readonly { readonly place: Place; readonly name: string; readonly icon: IconName }[] = [
  { place: { kind: 'model' }, name: 'Model', icon: 'diagram' },
  { place: { kind: 'call' }, name: 'Functions', icon: 'call' },
  { place: { kind: 'info' }, name: 'Sessions and sets', icon: 'server' },
  { place: { kind: 'login' }, name: 'User', icon: 'user' },
];

export function Sidebar({ route }: { readonly route: Route }): ReactNode {
  const catalog = useCatalog();
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLButtonElement>(null);
  // On a narrow screen the list lies over the view it leads to.
  useEffect(() => setOpen(false), [route]);
  return (
    <header
      className={open ? 'sidebar open' : 'sidebar'}
      onKeyDown={({ key }) => {
        if (key !== 'Escape' || !open) return;
        setOpen(false);
        menu.current?.focus();
      }}
    >
      <div className="brand">
        <Link to={href({ kind: 'model' })} className="brand-name">
          <Brand model={catalog.name} />
        </Link>
        <IconButton
          ref={menu}
          icon={open ? 'close' : 'menu'}
          name="Menu"
          className="menu-button"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        />
      </div>
      <nav id="navigation" aria-label="Datastore">
        {modelNames.length > 1 && <ModelChoice route={route} catalog={catalog} />}
        <DataClasses route={route} catalog={catalog} />
        <ul className="nav-list nav-views">
          {views
            .filter(({ place }) => place.kind !== 'call' || catalog.functions.length > 0)
            .map(({ place, name, icon }) => (
              <li key={name}>
                <Link to={href(place)} aria-current={route.kind === place.kind ? 'page' : undefined}>
                  <Icon name={icon} />
                  {name}
                </Link>
              </li>
            ))}
        </ul>
        <ThemeChoice />
      </nav>
    </header>
  );
}

function DataClasses({ route, catalog }: { readonly route: Route; readonly catalog: Catalog }): ReactNode {
  const counts = useCounts();
  const current = 'dataClass' in route ? route.dataClass : undefined;
  return (
    <div className="nav-classes">
      <h2 className="nav-title">Dataclasses</h2>
      <ul className="nav-list">
        {catalog.dataClasses.map(({ name }) => {
          const count = counts.get(name);
          return (
            <li key={name}>
              <Link
                to={href({ kind: 'dataClass', dataClass: name })}
                aria-current={name === current ? 'page' : undefined}
              >
                <span className="nav-name" title={name}>
                  {name}
                </span>
                {count !== undefined && (
                  <span className="count">
                    {printNumber(count)}
                    <span className="sr-only"> {count === 1 ? 'entity' : 'entities'}</span>
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function ModelChoice({ route, catalog }: { readonly route: Route; readonly catalog: Catalog }): ReactNode {
  return (
    <label className="model-choice">
      <span>Model</span>
      <select
        className="input"
        value={route.model ?? catalog.name}
        onChange={({ target }) => navigate(href({ kind: 'model' }, {}, target.value))}
      >
        {modelNames.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
