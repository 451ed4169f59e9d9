/** Hands a file that was made on the page to the browser's downloads. */
export function saveFile(parts: BlobPart[], name: string, type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), revokeMs);
}

/** By then the browser has begun to read it. */
const revokeMs = 60_000;
