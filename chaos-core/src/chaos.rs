//! Setting chaos up: from the environment, or from what `main` hands over.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::engine::{self, Allow, Engine, Options, Shared};
use crate::fault::{denylist, diskspace};
use crate::plan::{self, Finding, Severity};
use crate::source::Source;
use crate::source::options::{self as source_options, Chosen};
use crate::source::refresh::{News, Reception, Refresh, Timing};
use crate::telemetry::Metrics;

/// Fetches the document during the init phase, so that no request waits for it.
///
/// It reads the environment (see the [crate's documentation](crate#where-the-document-lives)),
/// and waits for the document for at most the fetch timeout: a cold start's request waits with it.
/// A fetch that takes longer goes on beside the handler. Whatever goes wrong is said in one line of
/// the log, and the function starts. Without it, the first request does what it does.
///
#[cfg_attr(feature = "lambda", doc = "```no_run")]
#[cfg_attr(not(feature = "lambda"), doc = "```ignore")]
/// # async fn handler(event: lambda_runtime::LambdaEvent<serde_json::Value>) -> Result<serde_json::Value, lambda_runtime::Error> { Ok(event.payload) }
/// #[tokio::main]
/// async fn main() -> Result<(), lambda_runtime::Error> {
///     chaos_core::init().await;
///     lambda_runtime::run(lambda_runtime::service_fn(handler)).await
/// }
/// ```
pub async fn init() {
    Chaos::from_env().init().await;
}

/// Sets chaos up with a source, a client or options of your own; what is not set comes from the
/// environment.
///
#[cfg_attr(feature = "ssm", doc = "```no_run")]
#[cfg_attr(not(feature = "ssm"), doc = "```ignore")]
/// # async fn run(config: &aws_config::SdkConfig) {
/// use chaos_core::{Chaos, source::SsmSource};
///
/// // The user's own client: its region, endpoint, credentials and retries.
/// let client = aws_sdk_ssm::Client::new(config);
/// Chaos::from_env()
///     .source(SsmSource::with_client(client, "/orders/chaos"))
///     .init()
///     .await;
/// # }
/// ```
#[derive(Default)]
#[must_use = "call `init().await`"]
pub struct Chaos {
    source: Option<Arc<dyn Source>>,
    cache_ttl: Option<Duration>,
    fetch_timeout: Option<Duration>,
    max_stale: Option<Duration>,
    dry_run: Option<bool>,
    metrics: Option<bool>,
    list_points: Option<bool>,
    allow: Option<Allow>,
    /// By which documents age: the system's, but in tests.
    clock: Clock,
}

impl Chaos {
    /// What the environment says.
    pub fn from_env() -> Self {
        Self::default()
    }

    /// Reads the document from here, whatever the environment names.
    pub fn source(mut self, source: impl Source) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// How long a document is used before it is fetched again (`CHAOS_CACHE_TTL`), at most a day.
    pub fn cache_ttl(mut self, ttl: Duration) -> Self {
        self.cache_ttl = Some(ttl);
        self
    }

    /// The longest that a fetch may hold up a request (`CHAOS_FETCH_TIMEOUT_MS`; 500 ms), at
    /// most 15 minutes.
    pub fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.fetch_timeout = Some(timeout);
        self
    }

    /// How long an unconfirmed document stays in force (`CHAOS_MAX_STALE`; 300 s), from a second
    /// to a day. Never less than twice the cache time.
    pub fn max_stale(mut self, stale: Duration) -> Self {
        self.max_stale = Some(stale);
        self
    }

    /// Decides and records, injects nothing (`CHAOS_DRY_RUN`).
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = Some(dry_run);
        self
    }

    /// Counts calls, injections and failed fetches, and writes them to the standard output as
    /// [metrics](crate#metrics) (`CHAOS_METRICS`). Without a source there is nothing to count.
    pub fn metrics(mut self, metrics: bool) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// Says in the log which [points](crate#points-and-labels) are reached, each once with the names
    /// of its labels, and lists them for [`points()`](crate::points()) (`CHAOS_LIST_POINTS`). It
    /// needs no document.
    pub fn list_points(mut self, list: bool) -> Self {
        self.list_points = Some(list);
        self
    }

    /// The modes that a document may use (`CHAOS_ALLOW`), by name; all others are blocked.
    pub fn allow<Name: Into<String>>(mut self, modes: impl IntoIterator<Item = Name>) -> Self {
        self.allow = Some(Allow::only(modes.into_iter().map(Into::into)));
        self
    }

    /// Sets chaos up for this process and fetches the document, as [`init()`](init()) does.
    ///
    /// The first call counts, and so does the first wrapped function that runs: a later one
    /// changes nothing and says so in the log. The kill switch holds here too.
    pub async fn init(self) {
        if cfg!(not(feature = "inject")) {
            if self.source.is_some() || source_options::from_env(&environment).source.is_some() {
                tracing::warn!(
                    target: "chaos", source = "chaos", action = "error",
                    "a document is named, and chaos-core is built without the feature `inject`: \
                     nothing will be injected"
                );
            }
            return;
        }
        let build = || self.build(&environment, denylist::apart);
        let (engine, taken) = engine::install(build);
        if !taken {
            tracing::warn!(
                target: "chaos", source = "chaos",
                "chaos is set up already; call `init` once, first thing in `main`"
            );
        }
        let Some(engine) = engine else { return };
        if let Some(fetched) = engine.warm_up() {
            fetched.await;
        }
    }

    /// The engine, with its source where `place` puts it.
    pub(crate) fn build(
        self,
        env: &dyn Fn(&str) -> Option<String>,
        place: fn(Arc<dyn Source>) -> Arc<dyn Source>,
    ) -> Option<Engine> {
        if engine::killed(env) {
            tracing::debug!(target: "chaos", source = "chaos", "the kill switch is set: no chaos");
            return None;
        }
        let Chosen { source, warnings } = match self.source {
            Some(source) => {
                let mut warnings = Vec::new();
                let timing = source_options::timing(env, source.cache_ttl(), &mut warnings);
                Chosen {
                    source: Some((source, timing)),
                    warnings,
                }
            }
            None => source_options::from_env(env),
        };
        warn(warnings);
        let (mut options, doubts) = Options::from_env(env);
        warn(doubts);
        options.list_points = self.list_points.unwrap_or(options.list_points);
        let Some((source, mut timing)) = source else {
            // Whoever writes the first document wants to know of the points before there is one.
            let list = options.list_points;
            return list.then(|| {
                let shared = Shared::default().listing(list);
                Engine::new(options, None, Arc::new(shared))
            });
        };
        timing.fetch_timeout = self.fetch_timeout.unwrap_or(timing.fetch_timeout);
        timing.max_stale = self.max_stale.unwrap_or(timing.max_stale);
        if timing.ttl.is_some() {
            timing.ttl = self.cache_ttl.or(timing.ttl);
        }
        source.name().clone_into(&mut options.config_source);
        options.dry_run = self.dry_run.unwrap_or(options.dry_run);
        options.metrics = self.metrics.unwrap_or(options.metrics);
        if let Some(allow) = self.allow {
            warn(allow.doubts());
            options.allow = allow;
        }
        #[cfg(feature = "_client")]
        let source = crate::source::own(source);
        Some(engine(options, place(source), timing, self.clock))
    }
}

impl std::fmt::Debug for Chaos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chaos")
            .field(
                "source",
                &self.source.as_ref().map(|source| source.location()),
            )
            .finish_non_exhaustive()
    }
}

/// Called once, by whatever is wrapped and runs first.
pub(crate) fn from_environment() -> Option<Engine> {
    Chaos::from_env().build(&environment, denylist::apart)
}

fn environment(name: &str) -> Option<String> {
    // A switch that is no UTF-8 is set all the same.
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn warn(warnings: Vec<String>) {
    for warning in warnings {
        tracing::warn!(target: "chaos", source = "chaos", action = "error", "{warning}");
    }
}

fn engine(options: Options, source: Arc<dyn Source>, timing: Timing, clock: Clock) -> Engine {
    let cleared = diskspace::clear_leftovers(&diskspace::directory());
    if cleared > 0 {
        tracing::info!(
            target: "chaos", source = "chaos", action = "clear",
            "removed {cleared} file(s) that a killed process had filled the disk with"
        );
    }
    let shared = if options.metrics {
        Shared::counting(Metrics::new(options.function()))
    } else {
        Shared::default()
    };
    let shared = Arc::new(shared.listing(options.list_points));
    let told = Arc::clone(&shared);
    let teller = Teller {
        config_source: source.name().to_owned(),
        location: source.location(),
    };
    let sink = Box::new(move |news: News<'_>| teller.hear(&told, news));
    let refresh = Refresh::new(source, timing, clock, sink);
    Engine::new(options, Some(refresh), shared)
}

/// Turns news of the document into the plan in force, and into a line of the log.
struct Teller {
    config_source: String,
    location: String,
}

impl Teller {
    fn hear(&self, shared: &Shared, news: News<'_>) -> Reception {
        match news {
            News::Document(text) => return self.document(shared, text),
            // The source's own trouble is in the log already.
            News::Gone => shared.apply(plan::Plan::default()),
            News::Lapsed => shared.lapse(),
            News::FetchFailed => {
                if let Some(metrics) = shared.metrics() {
                    metrics.fetch_failed();
                }
            }
        }
        Reception::Accepted
    }

    fn document(&self, shared: &Shared, text: &str) -> Reception {
        let reading = plan::read(text);
        let before = shared.on();
        if !reading.findings.is_empty() {
            let wrong = reading
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            let what = if reading.usable && !wrong {
                "to be noted, and in force all the same"
            } else if reading.usable {
                "what is invalid is skipped"
            } else {
                "it is invalid as a whole: no chaos"
            };
            tracing::warn!(
                target: "chaos", source = "chaos", config_source = self.config_source, action = "error",
                "{}: {what}: {}", self.location, listed(&reading.findings)
            );
        }
        if !reading.usable {
            shared.apply(plan::Plan::default());
            return Reception::Rejected;
        }
        shared.apply(reading.plan);
        let on = shared.on();
        if on > 0 || before > 0 {
            let action = if on == 0 { "clear" } else { "load" };
            tracing::info!(
                target: "chaos", source = "chaos", config_source = self.config_source, action,
                "{}: {on} flag(s) on{}", self.location, shared.outside_their_time(SystemTime::now())
            );
        }
        Reception::Accepted
    }
}

/// The first few findings, in a line.
fn listed(findings: &[Finding]) -> String {
    const MOST: usize = 5;
    let mut list = String::new();
    for (n, finding) in findings.iter().take(MOST).enumerate() {
        let comma = if n == 0 { "" } else { "; " };
        let _ = write!(list, "{comma}{finding}");
    }
    if findings.len() > MOST {
        let _ = write!(list, "; and {} more", findings.len() - MOST);
    }
    list
}

#[cfg(all(test, feature = "inject", feature = "lambda"))]
mod expired;
#[cfg(all(
    test,
    feature = "inject",
    feature = "lambda",
    feature = "ssm",
    feature = "aws"
))]
mod hour;
#[cfg(all(test, feature = "inject", feature = "lambda"))]
mod keeping;
#[cfg(all(test, feature = "inject", feature = "lambda"))]
mod tests;
