const pieceBytes = 128 * 1024;
/** Work on pieces may take so long before the page gets its turn. */
const turnMs = 20;

/** The bytes of a file in small pieces. Between them the page can react, however long the file is. */
export async function* readPieces(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let begun = performance.now();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      for (let start = 0; start < next.value.length; start += pieceBytes) {
        yield next.value.subarray(start, start + pieceBytes);
        if (performance.now() - begun < turnMs) continue;
        await new Promise((resolve) => setTimeout(resolve));
        begun = performance.now();
      }
    }
  } finally {
    reader.releaseLock();
  }
}
