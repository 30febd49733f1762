//! Every rule of refreshing, on a paused clock.

mod beside;
mod freeze;
mod log;
mod random;
mod trouble;
mod waiting;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{OnceLock, Weak};

use tokio::time::Instant;

use super::*;
use crate::source::{Fetch, SourceError};

const TTL: Duration = Duration::from_mins(1);
const FETCH_TIMEOUT: Duration = Duration::from_millis(500);
const MAX_STALE: Duration = Duration::from_mins(5);

/// What a fake source does when it is asked.
#[derive(Clone, Copy, Debug)]
enum Say {
    Text(&'static str),
    Fail(&'static str),
    Missing,
    Invalid,
    /// Never answers.
    Hang,
    /// Answers this text after so many milliseconds.
    Slow(u64, &'static str),
    /// Fails after so many milliseconds.
    SlowFail(u64),
    Panic,
    PanicLater,
    /// Blocks its thread for three seconds, while an invocation starts on another.
    Block,
}

/// A source that follows a script, and then repeats its last line.
struct Script {
    lines: Mutex<VecDeque<Say>>,
    ttl: Option<Duration>,
    fetches: AtomicUsize,
    /// Fetches that are neither answered nor dropped.
    open: Arc<AtomicUsize>,
    clock: Clock,
    at_once: bool,
    refresh: OnceLock<Weak<Refresh>>,
}

/// Counts a fetch as open until it is dropped.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Script {
    fn next(&self) -> Say {
        self.fetches.fetch_add(1, SeqCst);
        let mut lines = self.lines.lock().unwrap();
        let line = lines.pop_front().unwrap();
        if lines.is_empty() {
            lines.push_back(line);
        }
        line
    }
}

async fn say(line: Say, clock: Clock, refresh: Arc<Refresh>) -> Result<String, SourceError> {
    match line {
        Say::Text(text) => Ok(text.to_owned()),
        Say::Fail(reason) => Err(SourceError::unavailable(reason)),
        Say::Missing => Err(SourceError::missing("it does not exist")),
        Say::Invalid => Err(SourceError::invalid("it is not UTF-8")),
        Say::Hang => std::future::pending().await,
        Say::Slow(ms, text) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok(text.to_owned())
        }
        Say::SlowFail(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Err(SourceError::unavailable("slow and then refused"))
        }
        Say::Panic | Say::PanicLater => panic!("out of cheese"),
        Say::Block => {
            clock.wall_forward(secs(3));
            drop(refresh.turn());
            Ok("blocked".to_owned())
        }
    }
}

impl Source for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn location(&self) -> String {
        "scene 1".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        let line = self.next();
        assert!(!matches!(line, Say::Panic), "out of cheese");
        let open = Open::new(&self.open);
        let clock = self.clock.clone();
        let refresh = self.refresh.get().unwrap().upgrade().unwrap();
        Box::pin(async move {
            let _open = open;
            say(line, clock, refresh).await
        })
    }

    fn cache_ttl(&self) -> Option<Duration> {
        self.ttl
    }

    fn immediate(&self) -> Option<Result<String, SourceError>> {
        self.at_once.then(|| match self.next() {
            Say::Text(text) => Ok(text.to_owned()),
            _ => Err(SourceError::unavailable("not now")),
        })
    }
}

/// A refresh over a script, and what its engine would have in force.
struct Stage {
    refresh: Arc<Refresh>,
    script: Arc<Script>,
    clock: Clock,
    engine: Arc<Mutex<Engine>>,
}

#[derive(Default)]
struct Engine {
    in_force: Option<String>,
    news: Vec<String>,
}

impl Engine {
    fn hear(&mut self, news: News<'_>) -> Reception {
        self.news.push(match news {
            News::Document(text) => text.to_owned(),
            News::Gone => "<gone>".to_owned(),
            News::Lapsed => "<lapsed>".to_owned(),
            News::FetchFailed => "<failed>".to_owned(),
        });
        match news {
            News::Document("sink panics") => panic!("the engine has a bug"),
            News::Document(text) if !text.starts_with("garbage") => {
                self.in_force = Some(text.to_owned());
            }
            News::FetchFailed => {}
            _ => self.in_force = None,
        }
        if self.in_force.is_some() {
            Reception::Accepted
        } else {
            Reception::Rejected
        }
    }
}

impl Stage {
    fn new(lines: impl IntoIterator<Item = Say>) -> Self {
        Self::with_ttl(Some(TTL), lines)
    }

    fn with_ttl(ttl: Option<Duration>, lines: impl IntoIterator<Item = Say>) -> Self {
        Self::with_timing(timing(ttl), lines)
    }

    fn with_timing(timing: Timing, lines: impl IntoIterator<Item = Say>) -> Self {
        Self::build(timing, lines, false)
    }

    fn build(timing: Timing, lines: impl IntoIterator<Item = Say>, at_once: bool) -> Self {
        let clock = Clock::virtual_clock();
        let script = Arc::new(Script {
            lines: Mutex::new(lines.into_iter().collect()),
            ttl: timing.ttl,
            fetches: 0.into(),
            open: Arc::default(),
            clock: clock.clone(),
            at_once,
            refresh: OnceLock::new(),
        });
        let engine = Arc::new(Mutex::new(Engine::default()));
        let hears = Arc::clone(&engine);
        let refresh = Refresh::new(
            Arc::clone(&script) as _,
            timing,
            clock.clone(),
            Box::new(move |news| lock(&hears).hear(news)),
        );
        script.refresh.set(Arc::downgrade(&refresh)).unwrap();
        Self {
            refresh,
            script,
            clock,
            engine,
        }
    }

    /// The start of an invocation: how long it was held up, in milliseconds; `None` if not at all.
    async fn invoke(&self) -> Option<u128> {
        invoke(&self.refresh).await
    }

    /// Invokes, must not be held up, and gives a fetch beside the handler time to end.
    async fn invoke_freely(&self) {
        assert_eq!(self.invoke().await, None);
        sleep_ms(1).await;
    }

    fn fetches(&self) -> usize {
        self.script.fetches.load(SeqCst)
    }

    fn in_force(&self) -> Option<String> {
        lock(&self.engine).in_force.clone()
    }

    /// The news since the last call.
    fn news(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.engine).news)
    }

    /// From now on it says this.
    fn says(&self, lines: impl IntoIterator<Item = Say>) {
        *self.script.lines.lock().unwrap() = lines.into_iter().collect();
    }

    /// The environment is frozen, and its monotonic clock stands still.
    fn freeze(&self, time: Duration) {
        self.clock.wall_forward(time);
    }
}

async fn invoke(refresh: &Arc<Refresh>) -> Option<u128> {
    if refresh.is_fresh() {
        return None;
    }
    let wait = refresh.turn()?;
    let start = Instant::now();
    wait.await;
    Some(start.elapsed().as_millis())
}

fn timing(ttl: Option<Duration>) -> Timing {
    Timing {
        ttl,
        fetch_timeout: FETCH_TIMEOUT,
        max_stale: MAX_STALE,
    }
}

fn lock(engine: &Mutex<Engine>) -> MutexGuard<'_, Engine> {
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn sleep_ms(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

async fn sleep_s(s: u64) {
    tokio::time::sleep(Duration::from_secs(s)).await;
}

fn secs(s: u64) -> Duration {
    Duration::from_secs(s)
}
