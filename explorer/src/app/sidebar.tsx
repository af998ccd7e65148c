// The datastore at a glance: its dataclasses with their counts, and the views beside the data.
import { useEffect, useState, type ReactNode } from 'react';
import { useCatalog, type Catalog } from '../api/catalog.ts';
import { useCounts } from '../api/counts.tsx';
import { href, modelNames, navigate, type Place, type Route } from '../route.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Link } from '../ui/link.tsx';
import { useTheme, type Theme } from './theme.ts';

const views: readonly { readonly place: Place; readonly name: string; readonly icon: IconName }[] = [
  { place: { kind: 'model' }, name: 'Model', icon: 'diagram' },
  { place: { kind: 'call' }, name: 'Functions', icon: 'call' },
  { place: { kind: 'info' }, name: 'Sessions and sets', icon: 'server' },
  { place: { kind: 'login' }, name: 'User', icon: 'user' },
];

export function Sidebar({ route }: { readonly route: Route }): ReactNode {
  const catalog = useCatalog();
  const [open, setOpen] = useState(false);
  // On a narrow screen the list lies over the view it leads to.
  useEffect(() => setOpen(false), [route]);
  return (
    <header className={open ? 'sidebar open' : 'sidebar'}>
      <div className="brand">
        <Link to={href({ kind: 'model' })} className="brand-name">
          <Mark />
          <span>
            Keystamp
            <small>{catalog.name}</small>
          </span>
        </Link>
        <button
          type="button"
          className="button quiet square menu-button"
          aria-expanded={open}
          aria-controls="navigation"
          aria-label="Menu"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'close' : 'menu'} />
        </button>
      </div>
      <nav id="navigation" aria-label="Datastore">
        {modelNames.length > 1 && <ModelChoice route={route} catalog={catalog} />}
        <DataClasses route={route} catalog={catalog} />
        <ul className="nav-list">
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
    <>
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
                <span className="nav-name">{name}</span>
                {count !== undefined && (
                  <span className="count">
                    {count.toLocaleString('en').replaceAll(',', '\u202f')}
                    <span className="sr-only"> entities</span>
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </>
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

const themes: readonly { readonly theme: Theme; readonly name: string; readonly icon: IconName }[] = [
  { theme: 'auto', name: 'Colours of the system', icon: 'auto' },
  { theme: 'light', name: 'Light', icon: 'sun' },
  { theme: 'dark', name: 'Dark', icon: 'moon' },
];

function ThemeChoice(): ReactNode {
  const [theme, setTheme] = useTheme();
  return (
    <div className="segments theme-choice" role="radiogroup" aria-label="Colours">
      {themes.map(({ theme: choice, name, icon }) => (
        <label key={choice} className="segment" title={name}>
          <input
            type="radio"
            name="theme"
            aria-label={name}
            checked={theme === choice}
            onChange={() => setTheme(choice)}
          />
          <span>
            <Icon name={icon} />
          </span>
        </label>
      ))}
    </div>
  );
}

/** A postage stamp with a keyhole. */
export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="mark-paper"
        d="M4 4h3a2 2 0 0 0 4 0h3a2 2 0 0 0 4 0h3a2 2 0 0 0 4 0h3v3a2 2 0 0 0 0 4v3a2 2 0 0 0 0 4v3a2 2 0 0 0 0 4v3h-3a2 2 0 0 0-4 0h-3a2 2 0 0 0-4 0h-3a2 2 0 0 0-4 0H4v-3a2 2 0 0 0 0-4v-3a2 2 0 0 0 0-4v-3a2 2 0 0 0 0-4z"
      />
      <circle className="mark-hole" cx="16" cy="13" r="3.6" />
      <path className="mark-hole" d="M14.6 15h2.8l1.4 8h-5.6z" />
    </svg>
  );
}
