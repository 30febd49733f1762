//! Long random runs, which no rule may ever break.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

/// A source in changing moods, which remembers what it said when.
struct Moody {
    mood: Mutex<Mood>,
    rng: Mutex<StdRng>,
    clock: Clock,
    answered: Mutex<Option<Stamp>>,
    open: Arc<AtomicUsize>,
    most_open: AtomicUsize,
}

#[derive(Clone, Copy, Debug)]
enum Mood {
    Text(u32),
    Missing,
    Fail,
    Hang,
    Panic,
}

impl Source for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    fn location(&self) -> String {
        "bed".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        let open = Open::new(&self.open);
        self.most_open.fetch_max(self.open.load(SeqCst), SeqCst);
        Box::pin(async move {
            let _open = open;
            let delay = self.rng.lock().unwrap().random_range(0..700);
            sleep_ms(delay).await;
            let mood = *self.mood.lock().unwrap();
            let answer = match mood {
                Mood::Text(n) => Ok(n.to_string()),
                Mood::Missing => Err(SourceError::missing("gone")),
                Mood::Fail => return Err(SourceError::unavailable("no")),
                Mood::Hang => std::future::pending().await,
                Mood::Panic => std::panic::resume_unwind(Box::new("moody")),
            };
            *self.answered.lock().unwrap() = Some(self.clock.now());
            answer
        })
    }
}

/// One run; the waits of a batch of requests are looked at together.
async fn run(seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let clock = Clock::virtual_clock();
    let ttl = Duration::from_secs([0, 1, 10, 60][rng.random_range(0..4)]);
    let timing = Timing {
        ttl: Some(ttl),
        fetch_timeout: FETCH_TIMEOUT,
        max_stale: MAX_STALE,
    };
    let source = Arc::new(Moody {
        mood: Mutex::new(Mood::Text(0)),
        rng: Mutex::new(StdRng::seed_from_u64(!seed)),
        clock: clock.clone(),
        answered: Mutex::new(None),
        open: Arc::default(),
        most_open: 0.into(),
    });
    let engine = Arc::new(Mutex::new(Engine::default()));
    let hears = Arc::clone(&engine);
    let refresh = Refresh::new(
        Arc::clone(&source) as _,
        timing,
        clock.clone(),
        Box::new(move |news| lock(&hears).hear(news)),
    );

    let mut last_wait: Option<Stamp> = None;
    for turn in 0..400 {
        pause(&mut rng, &clock).await;
        if rng.random_bool(0.1) {
            *source.mood.lock().unwrap() = match rng.random_range(0..6) {
                0 | 1 => Mood::Text(turn),
                2 => Mood::Missing,
                3 => Mood::Fail,
                4 => Mood::Hang,
                _ => Mood::Panic,
            };
        }

        let start = clock.now();
        let batch: Vec<_> = (0..rng.random_range(1..4))
            .map(|_| {
                let (refresh, source) = (Arc::clone(&refresh), Arc::clone(&source));
                tokio::spawn(async move {
                    let answered = *source.answered.lock().unwrap();
                    (invoke(&refresh).await, answered)
                })
            })
            .collect();
        let mut waits = Vec::new();
        for request in batch {
            let (Some(waited), answered) = request.await.unwrap() else {
                continue;
            };
            assert!(waited <= 501, "seed {seed}: waited {waited} ms");
            waits.push(answered);
        }
        if let (Some(last), Some(answered)) = (last_wait, waits.first())
            && answered.is_none_or(|answered| answered.monotonic < last.monotonic)
        {
            // nothing was answered since, so this is the same trouble
            let since = last.age(start);
            assert!(
                since >= MAX_STALE,
                "seed {seed}: waited again after {since:?}"
            );
            assert_eq!(waits.len(), 1, "seed {seed}");
        }
        if !waits.is_empty() {
            last_wait = Some(start);
        }

        let now = clock.now();
        if lock(&engine).in_force.is_some() {
            let age = source.answered.lock().unwrap().unwrap().age(now);
            assert!(age < MAX_STALE, "seed {seed}: in force after {age:?}");
        }
    }
    // one, and one more that was given up after a freeze and is not yet dropped
    assert!(source.most_open.load(SeqCst) <= 2, "seed {seed}");
}

/// The time between two invocations: busy, quiet or frozen.
async fn pause(rng: &mut StdRng, clock: &Clock) {
    match rng.random_range(0..10) {
        0..=5 => sleep_ms(rng.random_range(0..300)).await,
        6 => sleep_s(rng.random_range(0..30)).await,
        7 => clock.wall_forward(secs(rng.random_range(0..200))),
        8 => sleep_s(rng.random_range(0..400)).await,
        _ => clock.wall_back(secs(rng.random_range(0..5))),
    }
}

#[tokio::test(start_paused = true)]
async fn no_run_breaks_a_rule() {
    for seed in 0..40 {
        run(seed).await;
    }
}
