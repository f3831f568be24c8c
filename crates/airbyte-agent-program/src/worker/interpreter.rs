//! The interpreter: it drives a program from one result of a call to the next until it ends.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead, Write as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rquickjs::context::EvalOptions;
use rquickjs::context::intrinsic::{
    Date, Eval, Json, MapSet, Promise, Proxy, RegExp, RegExpCompiler, TypedArrays,
};
use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, Object, Runtime, Value};

use crate::bounds::{COMPUTING, DEPTH, LINE, MEMORY, PRINTED, STACK, VALUE};
use crate::message::{End, Failed, Start};

/// The parts of the language that a program has.
type Language = (Date, Eval, RegExpCompiler, RegExp, Json, Proxy, MapSet, TypedArrays, Promise);

/// What the functions inside the interpreter share with its driver.
#[derive(Default)]
struct Shared {
    /// The calls that have no answer yet.
    open: Cell<usize>,
    /// The line with the end of the program.
    end: RefCell<Option<String>>,
    /// The promises whose errors nobody handles, with what the errors say.
    unhandled: RefCell<Vec<(u64, String)>>,
    /// How long the program has computed until the present step.
    computed: Cell<Duration>,
    /// When the present step began.
    began: Cell<Option<Instant>>,
    /// Whether the program was stopped because it computes too long.
    is_stopped: Cell<bool>,
    /// Whether nobody reads what is written.
    is_alone: Cell<bool>,
}

/// Runs a program, and writes its end.
pub(super) fn run(start: &Start, input: &mut dyn BufRead) -> io::Result<()> {
    let shared = Rc::new(Shared::default());
    let end = match drive(start, input, &shared) {
        Ok(()) => shared.end(),
        Err(problem) => failed(&problem),
    };
    write_line(&end)
}

/// Runs a program until it has ended and no call is open.
fn drive(start: &Start, input: &mut dyn BufRead, shared: &Rc<Shared>) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let clock = Rc::clone(shared);
    runtime.set_interrupt_handler(Some(Box::new(move || clock.stops())));
    let unhandled = Rc::clone(shared);
    runtime.set_host_promise_rejection_tracker(Some(Box::new(
        move |_, promise, reason, is_handled| unhandled.reject(&promise, &reason, is_handled),
    )));
    let context = Context::custom::<Language>(&runtime).map_err(|error| error.to_string())?;
    context.with(|ctx| {
        let functions = prepare(&ctx, start, shared)?;
        let entry = |name: &str| functions.get::<_, Function<'_>>(name);
        let (begin, deliver, fail) = (entry("start"), entry("deliver"), entry("fail"));
        let (Ok(begin), Ok(deliver), Ok(fail)) = (begin, deliver, fail) else {
            return Err("the interpreter cannot be prepared".to_owned());
        };
        shared.step(|| {
            let mut options = EvalOptions::default();
            options.filename = Some("program".to_owned());
            // On one line, so that lines are counted as the model counts them.
            let source = format!("(async () => {{{}\n}})", start.code);
            match ctx.eval_with_options::<Function<'_>, _>(source, options) {
                Ok(program) => drop(begin.call::<_, ()>((program,)).catch(&ctx)),
                Err(_) => drop(fail.call::<_, ()>((ctx.catch(),))),
            }
            run_jobs(&ctx, shared);
        });
        let mut line = String::new();
        while shared.open.get() > 0 && !shared.is_stopped.get() && !shared.is_alone.get() {
            line.clear();
            match input.read_line(&mut line) {
                Ok(0) | Err(_) => return Err("the server is gone".to_owned()),
                Ok(_) => {}
            }
            shared.open.set(shared.open.get() - 1);
            shared.step(|| {
                if let Err(error) = deliver.call::<_, ()>((line.as_str(),)).catch(&ctx)
                    && !shared.is_stopped.get()
                {
                    // A result that cannot be taken in must not be waited for.
                    drop(fail.call::<_, ()>((thrown(&ctx, error),)));
                }
                run_jobs(&ctx, shared);
            });
        }
        Ok(())
    })
}

/// Makes the functions of the program, and gives those of the driver.
fn prepare<'js>(ctx: &Ctx<'js>, start: &Start, shared: &Rc<Shared>) -> Result<Object<'js>, String> {
    let told = Rc::clone(shared);
    let send = move |kind: String, line: String| told.send(&kind, line);
    let make = || -> rquickjs::Result<Object<'js>> {
        let bounds = Object::new(ctx.clone())?;
        bounds.set("line", LINE)?;
        bounds.set("depth", DEPTH)?;
        bounds.set("value", VALUE)?;
        bounds.set("printed", PRINTED)?;
        let mut options = EvalOptions::default();
        options.filename = Some("prelude".to_owned());
        let prelude: Function<'js> =
            ctx.eval_with_options(include_str!("prelude.js").trim_end(), options)?;
        let send = Function::new(ctx.clone(), send)?;
        prelude.call((send, start.functions.clone(), bounds))
    };
    make().catch(ctx).map_err(|error| format!("the interpreter cannot be prepared: {error}"))
}

/// Runs what waits for results that have come.
fn run_jobs(ctx: &Ctx<'_>, shared: &Shared) {
    // The errors of jobs are those of promises, which the tracker notes. The interpreter itself looks at the time within
    // long jobs only.
    while !shared.stops() && ctx.execute_pending_job() {}
}

/// The value that was thrown.
fn thrown<'js>(ctx: &Ctx<'js>, error: CaughtError<'js>) -> Value<'js> {
    match error {
        CaughtError::Exception(exception) => exception.into_value(),
        CaughtError::Value(value) => value,
        CaughtError::Error(_) => Value::new_undefined(ctx.clone()),
    }
}

/// The line of a program that failed without saying so itself.
fn failed(message: &str) -> String {
    let failed = Failed { message: message.to_owned(), line: None };
    let end = End { failed: Some(failed), ..End::default() };
    serde_json::json!({"end": end}).to_string()
}

/// Writes a line to the server.
fn write_line(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes())?;
    output.write_all(b"\n")?;
    output.flush()
}

impl Shared {
    /// Takes a line out of the interpreter.
    fn send(&self, kind: &str, line: String) {
        if kind == "end" {
            *self.end.borrow_mut() = Some(line);
            return;
        }
        self.open.set(self.open.get() + 1);
        if write_line(&line).is_err() {
            self.is_alone.set(true);
        }
    }

    /// Does a step, whose time counts.
    fn step(&self, step: impl FnOnce()) {
        let now = Instant::now();
        self.began.set(Some(now));
        step();
        self.began.set(None);
        self.computed.set(self.computed.get() + now.elapsed());
    }

    /// Whether the program has computed too long.
    fn stops(&self) -> bool {
        let now = self.began.get().map_or(Duration::ZERO, |began| began.elapsed());
        let stops = self.computed.get() + now > COMPUTING;
        if stops {
            self.is_stopped.set(true);
        }
        stops
    }

    /// Notes that a promise failed and nobody handles that, or that somebody does now.
    fn reject(&self, promise: &Value<'_>, reason: &Value<'_>, is_handled: bool) {
        let mut hasher = DefaultHasher::new();
        promise.hash(&mut hasher);
        let promise = hasher.finish();
        let mut all = self.unhandled.borrow_mut();
        if is_handled {
            // A later promise may have the place of an earlier one that is gone: the latest one is meant.
            if let Some(position) = all.iter().rposition(|(known, _)| *known == promise) {
                all.remove(position);
            }
            return;
        }
        let message = reason.as_object().and_then(|error| error.get("message").ok());
        all.push((
            promise,
            message.unwrap_or_else(|| {
                "an error without words, as where its memory is full".to_owned()
            }),
        ));
    }

    /// The line with the end of the program.
    fn end(&self) -> String {
        if self.is_stopped.get() {
            let most = COMPUTING.as_secs();
            return failed(&format!(
                "the program computed for more than {most} s, which is the most: is there a loop without an end?"
            ));
        }
        let end = self.end.borrow_mut().take();
        let unhandled = self.unhandled.borrow();
        match (end, unhandled.first()) {
            // A failure is told as it is.
            (Some(end), _) if end.starts_with("{\"end\":{\"failed\"") => end,
            (Some(_), Some((_, message))) => failed(&format!(
                "a call that the program did not wait for failed: {message} Write await before calls."
            )),
            (Some(end), None) => end,
            (None, Some((_, message))) => failed(&format!("the program ended: {message}")),
            (None, None) => failed(
                "the program waits for something that never comes: a promise that no call fulfils, or its memory is full",
            ),
        }
    }
}
