const names = `
AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array
BigUint64Array Blob Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy CloseEvent CompressionStream
CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DataView Date DecompressionStream DisposableStack
Error ErrorEvent EvalError Event EventTarget File FinalizationRegistry Float16Array Float32Array Float64Array
FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math MessageChannel
MessageEvent MessagePort NaN Navigator Number Object Performance PerformanceEntry PerformanceMark PerformanceMeasure
PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Promise Proxy QuotaExceededError
RangeError ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set
SharedArrayBuffer Storage String SubtleCrypto SuppressedError Symbol SyntaxError Temporal TextDecoder
TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController TypeError URIError
URL URLPattern URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet
WebAssembly WebSocket WritableStream WritableStreamDefaultController WritableStreamDefaultWriter atob btoa
clearImmediate clearInterval clearTimeout console crypto decodeURI decodeURIComponent encodeURI encodeURIComponent
escape eval fetch global globalThis isFinite isNaN localStorage navigator parseFloat parseInt performance process
queueMicrotask sessionStorage setImmediate setInterval setTimeout structuredClone unescape
undefined
`;

/** Names that Node 26, whose image runs functions, has everywhere in a module. https://nodejs.org/api/globals.html */
export const nodeGlobals: ReadonlySet<string> = new Set(names.trim().split(/\s+/));

/** Names that only CommonJS modules have; the program is an ES module. */
export const commonJsNames: ReadonlySet<string> = new Set(["require", "module", "exports", "__dirname", "__filename"]);
