// The formats that a picture comes in, with what each weighs.
import type { ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { formatNotes, formats } from './formats.ts';
import { urlOf, type Wanted } from './wanted.ts';
import { Weight } from './weight.tsx';

interface WantedProps {
  readonly uri: string;
  readonly wanted: Wanted;
  readonly onChange: (change: Partial<Wanted>) => void;
}

export function FormatChoice({ uri, wanted, onChange }: WantedProps): ReactNode {
  return (
    <section aria-labelledby="formats">
      <h2 id="formats">Format</h2>
      <table className="formats">
        <tbody>
          {formats.map((format) => {
            const url = urlOf(uri, { ...wanted, format });
            return (
              <tr key={format} className={format === wanted.format ? 'chosen' : undefined}>
                <td>
                  <label>
                    <input
                      type="radio"
                      name="format"
                      checked={format === wanted.format}
                      onChange={() => onChange({ format })}
                    />
                    {format}
                  </label>
                </td>
                <td className="muted">{formatNotes[format]}</td>
                <td className="number">
                  <Weight uri={url} brief />
                </td>
                <td>
                  <CopyButton text={location.origin + url} label={`URL of ${format}`} compact />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
