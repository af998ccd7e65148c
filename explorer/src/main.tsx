// Where the explorer begins.
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { readAhead } from './app/pages.ts';
import { applyTheme } from './app/theme.ts';
import { shown } from './route.ts';
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/controls.css';
import './style/filter.css';
import './style/grid.css';
import './style/entity.css';
import './style/picture.css';
import './style/requests.css';
import './style/model.css';
import './style/call.css';

applyTheme();
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
readAhead(shown.get());
