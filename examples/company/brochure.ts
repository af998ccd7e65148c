// Brochures: the smallest PDF that every viewer opens, and a plain text, written from a few lines.

/** A PDF string; letters beyond Latin-1 become `?`, because the built-in fonts do not have them. */
function pdfString(text: string): string {
  const hex = Array.from(text.normalize('NFC'), (letter) => {
    const code = letter.codePointAt(0) ?? 0x3f;
    return (code > 0xff ? 0x3f : code).toString(16).padStart(2, '0');
  });
  return `<${hex.join('')}>`;
}

/** A one-page A4 PDF: the first line as title, the others below it. */
export function pdfBrochure(lines: readonly string[]): Uint8Array {
  const text = lines.map((line, index) => {
    const style = index === 0 ? '/F1 28 Tf 36 TL' : '/F1 13 Tf 20 TL';
    return `${style} ${pdfString(line)} Tj T*`;
  });
  const content = `BT 72 740 Td ${text.join('\n')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  // All of it is ASCII, so that a position in the text is a position in the file.
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  pdf += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return Buffer.from(pdf, 'ascii');
}

/** The same lines as UTF-8 text. */
export function textBrochure(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}
