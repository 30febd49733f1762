//! A Parameter Store in memory, with moods: the HTTP client of a real SSM client.

mod drip;
mod mood;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::{Credentials, Region};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::{Instant, sleep};

use self::drip::Drip;
use self::mood::{Mood, TROUBLES};
use super::check::AFTER_TROUBLE;
use super::document;
use super::ledger::{Entry, Ledger};
use crate::clock::TimeOfDay;
use crate::source::ssm::{retries, timeouts};

/// The parameter.
pub(super) const NAME: &str = "/orders/chaos";

/// An SSM client as the source makes it, but for what carries its requests.
pub(super) fn client(store: &Arc<ParameterStore>, time: TimeOfDay) -> Client {
    let credentials = Credentials::builder()
        .access_key_id("a")
        .secret_access_key("b")
        .provider_name("test")
        .build();
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .http_client(Line(Arc::clone(store)))
        .time_source(Time(time))
        .timeout_config(timeouts())
        .retry_config(retries())
        .build();
    Client::from_conf(config)
}

/// The paused clock, for signatures and the like.
#[derive(Debug)]
struct Time(TimeOfDay);

impl TimeSource for Time {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// What requests go through.
#[derive(Clone, Debug)]
struct Line(Arc<ParameterStore>);

impl HttpClient for Line {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target");
        assert_eq!(target, Some("AmazonSSM.GetParameter"));
        HttpConnectorFuture::new(Arc::clone(&self.0).answer())
    }
}

pub(super) struct ParameterStore(Mutex<State>);

struct State {
    mood: Mood,
    mood_since: Instant,
    version: u32,
    ledger: Ledger,
    /// How often it was asked in each mood.
    asked: BTreeMap<Mood, u64>,
    /// How often it answered with another version than the time before.
    changes: u64,
    requests: u64,
    random: StdRng,
}

impl fmt::Debug for ParameterStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParameterStore").finish_non_exhaustive()
    }
}

impl ParameterStore {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            mood: Mood::Sound,
            mood_since: Instant::now(),
            version: 0,
            ledger: Ledger::new(),
            asked: BTreeMap::new(),
            changes: 0,
            requests: 0,
            random: StdRng::seed_from_u64(6),
        })))
    }

    /// What may be in force between two moments.
    pub(super) fn in_force(&self, from: Instant, to: Instant) -> Vec<Option<u32>> {
        self.state().ledger.in_force(from, to)
    }

    /// What it last answered.
    pub(super) fn last(&self) -> Entry {
        self.state().ledger.last()
    }

    /// For how long it has been sound.
    pub(super) fn sound_for(&self) -> Duration {
        let state = self.state();
        if state.mood == Mood::Sound {
            state.mood_since.elapsed()
        } else {
            Duration::ZERO
        }
    }

    pub(super) fn told(&self) -> String {
        let state = self.state();
        let (requests, versions, changes) = (state.requests, state.version, state.changes);
        let moods = &state.asked;
        format!(
            "{requests} requests, {versions} versions, {changes} changes told; asked in each mood {moods:?}"
        )
    }

    /// Else the hour would show less than it says.
    pub(super) fn was_in_every_mood(&self) {
        let state = self.state();
        // but for the last one, which is any of the others
        let named = TROUBLES.iter().filter(|mood| **mood != Mood::Any);
        let never: Vec<_> = named
            .filter(|mood| !state.asked.contains_key(mood))
            .collect();
        assert!(never.is_empty(), "never asked in {never:?}");
        assert!(state.changes > 1, "its document never changed");
    }

    /// Changes of its document and of its mood, without end.
    pub(super) async fn goes_on(self: Arc<Self>) {
        tokio::join!(self.changes(), self.has_moods());
    }

    async fn changes(&self) {
        loop {
            let pause = self.state().random.random_range(500..15_000);
            sleep(Duration::from_millis(pause)).await;
            self.state().version += 1;
        }
    }

    async fn has_moods(&self) {
        for round in 0.. {
            let troubles = mood::round(round, &mut self.state().random);
            for (n, (trouble, lasts)) in troubles.into_iter().enumerate() {
                // now and then so long that everything is forgotten
                let sound = if n % 4 == 3 { 190..240 } else { 3..40 };
                let sound = self.state().random.random_range(sound);
                self.is(Mood::Sound, Duration::from_secs(sound)).await;
                self.is(trouble, lasts).await;
            }
        }
    }

    async fn is(&self, mood: Mood, lasts: Duration) {
        {
            let mut state = self.state();
            state.mood = mood;
            state.mood_since = Instant::now();
        }
        let asked = || self.state().asked.get(&mood).copied();
        let before = asked();
        sleep(lasts).await;
        // it is left in peace after trouble, so that a short mood might go by unnoticed
        let begun = Instant::now();
        while asked() == before && begun.elapsed() < AFTER_TROUBLE {
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn answer(self: Arc<Self>) -> Result<HttpResponse, ConnectorError> {
        let asked = Instant::now();
        let (mood, delay, pause) = self.state().asked();
        match mood {
            Mood::Refuse => {
                let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
                return Err(ConnectorError::io(refused.into()).never_connected());
            }
            Mood::Stall => std::future::pending().await,
            _ => sleep(delay).await,
        }
        // what changes from here on is not in this answer
        let version = self.state().version;
        let (status, text) = says(mood, version);
        let entry = match mood {
            Mood::Sound | Mood::Slow | Mood::Bytes => Some(Some(version)),
            Mood::Gone | Mood::Secret => Some(None),
            _ => None,
        };
        let store = Arc::clone(&self);
        let body = Drip::new(text, move || {
            if let Some(version) = entry {
                let answered = Instant::now();
                let mut state = store.state();
                let changed = state.ledger.last().version != version;
                state.changes += u64::from(version.is_some() && changed);
                state.ledger.push(Entry {
                    asked,
                    answered,
                    version,
                });
            }
        });
        let body = match mood {
            Mood::Bytes => body.by_the_byte(pause),
            Mood::Cut => body.cut(),
            _ => body,
        };
        let status = status.try_into().expect("a status");
        Ok(HttpResponse::new(status, SdkBody::from_body_1_x(body)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    /// The mood in which this request is met, how long until there is an answer, and how long between
    /// its bytes.
    fn asked(&mut self) -> (Mood, Duration, Duration) {
        let mood = match self.mood {
            Mood::Any => TROUBLES[self.random.random_range(0..TROUBLES.len() - 1)],
            mood => mood,
        };
        self.requests += 1;
        *self.asked.entry(mood).or_default() += 1;
        if mood != self.mood {
            *self.asked.entry(self.mood).or_default() += 1;
        }
        let most = if mood == Mood::Slow { 2_500 } else { 20 };
        let delay = self.random.random_range(0..most);
        let pause = self.random.random_range(1..40);
        let ms = Duration::from_millis;
        (mood, ms(delay), ms(pause))
    }
}

/// A status and a text, to a question for that version.
fn says(mood: Mood, version: u32) -> (u16, String) {
    let value = |value: &str| {
        json!({ "Parameter": { "Name": NAME, "Type": "String", "Value": value } }).to_string()
    };
    let error = |code: &str| json!({ "__type": code, "Message": "no" }).to_string();
    match mood {
        Mood::Throttle => (400, error("ThrottlingException")),
        Mood::Deny => (400, error("AccessDeniedException")),
        Mood::Down => (500, error("InternalServerError")),
        Mood::Gone => (400, error("ParameterNotFound")),
        Mood::Html => (200, "<html>sign in to this network</html>".to_owned()),
        Mood::Empty => (200, json!({ "Parameter": { "Name": NAME } }).to_string()),
        Mood::Secret => (200, value("postgres://another:parameter@db")),
        Mood::Halved => {
            let mut whole = value(&document::text(version));
            whole.truncate(whole.len() / 2);
            (200, whole)
        }
        _ => (200, value(&document::text(version))),
    }
}
