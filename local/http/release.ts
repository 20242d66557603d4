/**
 * Frees a piece of a request's body as soon as it has been dealt with: nobody may look at it afterwards. Left to the
 * garbage collector, a large upload's pieces make it go through all of the heap again and again, which costs more than
 * the upload itself. A piece of a larger buffer is left alone.
 */
export function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached) buffer.transfer(0);
}
