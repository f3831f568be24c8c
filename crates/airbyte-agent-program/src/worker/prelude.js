// What a program finds around it. `send` hands a line to the server; the names are those of the tools.
// The value of this file is a function, which gives the functions that the worker calls.
(function (send, names, bounds) {
  "use strict";
  const { stringify, parse } = JSON;
  const { min } = Math;
  const waiting = new Map();
  let last = 0;
  let hasFailed = false;
  let printed = "";
  let leftOut = 0;

  // Text never becomes code: what a record says stays data.
  for (const kind of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", { value: undefined });
  }
  delete globalThis.eval;
  delete globalThis.Function;

  class ToolError extends Error {}
  ToolError.prototype.name = "ToolError";

  // The JSON text of a value. What JSON would lose in silence is written out or refused.
  function text(value) {
    const written = stringify(value, (key, inner) => {
      if (typeof inner === "bigint") return String(inner);
      if (typeof inner === "number" && !Number.isFinite(inner)) return String(inner);
      if (inner instanceof Promise) {
        throw new TypeError("a promise stands in the place of a value: write await, or await Promise.all([…])");
      }
      if (inner instanceof Map) return Object.fromEntries(inner);
      if (inner instanceof Set) return [...inner];
      if (inner instanceof Error) return `${inner.name}: ${inner.message}`;
      return inner;
    });
    if (written !== undefined) checkDepth(written);
    return written;
  }

  // Refuses values that are nested deeper than the server reads them.
  function checkDepth(written) {
    let depth = 0;
    for (const [mark] of written.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
      if (mark === "[" || mark === "{") depth += 1;
      else if (mark === "]" || mark === "}") depth -= 1;
      if (depth > bounds.depth) throw new RangeError(`a value is nested more than ${bounds.depth} levels deep`);
    }
  }

  function call(tool, given) {
    if (given === null || typeof given !== "object" || Array.isArray(given)) {
      throw new TypeError(`${tool} takes one object with its arguments`);
    }
    if (hasFailed) throw new Error("the program has failed, and makes no more calls");
    const line = `,"tool":${stringify(tool)},"arguments":${text(given)}}`;
    if (line.length > bounds.line / 4) throw new RangeError(`the arguments of ${tool} are too long`);
    const id = ++last;
    const error = new ToolError();
    const promise = new Promise((resolve, reject) => waiting.set(id, { resolve, reject, error }));
    for (const member of ["data", "next_cursor", "length"]) {
      Object.defineProperty(promise, member, {
        get() {
          throw new TypeError(`${tool} gives a promise: write await before it`);
        },
      });
    }
    send("call", `{"call":${id}${line}`);
    return promise;
  }

  for (const name of names) globalThis[name] = (given = {}) => call(name, given);

  globalThis.print = (...values) => {
    const shown = values.map((value) => (typeof value === "string" ? value : text(value) ?? "undefined"));
    const line = shown.join(" ") + "\n";
    const room = bounds.printed - printed.length;
    printed += line.slice(0, room);
    leftOut += line.length - min(line.length, room);
  };
  const print = globalThis.print;
  globalThis.console = { log: print, info: print, warn: print, error: print, debug: print };

  function advice(error) {
    const message = String(error.message);
    const functions = names.length > 8 ? "the tools" : names.join(", ");
    if (error instanceof ReferenceError) {
      return ` A program has no network, files, modules and timers; its functions are ${functions} and print.`;
    }
    if (error instanceof SyntaxError) {
      return " A program is the body of an async function in JavaScript, without import and require.";
    }
    if (error instanceof TypeError && / of (undefined|null)/.test(message)) {
      return " What a tool gives has the members data, next_cursor and notes.";
    }
    return "";
  }

  function end(what) {
    send("end", `{"end":{${what},"printed":${stringify(printed)},"left_out":${leftOut}}}`);
  }

  function fail(error) {
    hasFailed = true;
    const is = error instanceof Error;
    const line = is ? /program:(\d+)/.exec(String(error.stack)) : null;
    let message = is ? String(error.message) : String(typeof error === "object" ? text(error) : error);
    // This is what the interpreter throws when there is no memory left for an error.
    if (error === null || error === undefined) message = "an error without words, as where its memory is full";
    if (is && !(error instanceof ToolError)) message = `${error.name}: ${message}.${advice(error)}`;
    const failed = { message: message.slice(0, 4000), line: line && Number(line[1]) };
    end(`"failed":${stringify(failed)}`);
  }

  function succeed(value) {
    const written = text(value);
    if (written === undefined) return end('"value":null');
    if (written.length > bounds.value) {
      throw new RangeError(
        `the program returns ${written.length} characters of JSON, and may return ${bounds.value}: return less`,
      );
    }
    end(`"value":${written}`);
  }

  return {
    // Begins to run the program, a function.
    start(program) {
      program().then(succeed).catch(fail);
    },
    // Takes the answer to a call, a line of the server.
    deliver(line) {
      const { id, ok, error } = parse(line);
      const call = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) return call.resolve(ok);
      Object.assign(call.error, { message: error.message, kind: error.error, retry: error.retry });
      call.reject(call.error);
    },
    fail,
  };
})
