//! Faults of the whole process come one after the other, and nobody waits for ever.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use chaos_core::testing::Scope;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::*;

fn disk() -> Value {
    json!({"diskspace": {"enabled": true, "disk_space": 1}})
}

/// How many are inside at a time.
#[derive(Default)]
struct Inside {
    now: AtomicUsize,
    most: AtomicUsize,
    all: AtomicUsize,
}

impl Inside {
    fn enter(&self) -> impl Drop + use<'_> {
        struct Leave<'a>(&'a Inside);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.now.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.all.fetch_add(1, Ordering::SeqCst);
        Leave(self)
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

fn on_a_runtime<F: Future>(paused: bool, test: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(paused).build();
    runtime.expect("a runtime").block_on(test)
}

/// Fails instead of hanging. A paused clock would not notice.
fn within_20_seconds(test: impl FnOnce() + Send + 'static) {
    let (ended, end) = mpsc::channel();
    let test = thread::spawn(move || {
        test();
        ended.send(()).expect("somebody waits");
    });
    match end.recv_timeout(20 * SECOND) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => test.join().expect("it passes"),
    }
}

async fn stay(inside: &Inside) {
    let _inside = inside.enter();
    sleep(Duration::from_millis(5)).await;
}

#[test]
fn threads_runtimes_and_clocks_take_turns() {
    static INSIDE: Inside = Inside {
        now: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        all: AtomicUsize::new(0),
    };
    within_20_seconds(|| {
        let memory = json!({"memory": {"enabled": true, "memory_mb": 1}});
        thread::scope(|threads| {
            for test in 0..24 {
                let scope = match test % 2 {
                    0 => Scope::new(&disk()),
                    _ => Scope::allowing(&memory, &["memory"]),
                };
                threads.spawn(move || match test % 3 {
                    0 => on_a_runtime(false, scope.run(stay(&INSIDE))),
                    1 => on_a_runtime(true, scope.run(stay(&INSIDE))),
                    _ => scope.run_blocking(|| {
                        let _inside = INSIDE.enter();
                        thread::sleep(Duration::from_millis(5));
                    }),
                });
            }
        });
    });
    assert_eq!(INSIDE.most(), 1);
    assert_eq!(INSIDE.all.load(Ordering::SeqCst), 24);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_one_runtime_take_turns_whether_they_block_or_not() {
    static INSIDE: Inside = Inside {
        now: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        all: AtomicUsize::new(0),
    };
    let tests: Vec<_> = (0..24)
        .map(|test| {
            tokio::spawn(async move {
                let scope = Scope::new(&disk());
                if test % 2 == 0 {
                    scope.run(stay(&INSIDE)).await;
                } else {
                    scope.run_blocking(|| drop(INSIDE.enter()));
                }
            })
        })
        .collect();
    for test in tests {
        let ended = timeout(20 * SECOND, test).await;
        ended.expect("it does not hang").expect("it passes");
    }
    assert_eq!(INSIDE.most(), 1);
}

#[test]
fn under_one_paused_clock_waiting_takes_the_time_that_it_would() {
    within_20_seconds(|| {
        on_a_runtime(true, async {
            let start = tokio::time::Instant::now();
            let half_a_minute = || async { sleep(30 * SECOND).await };
            let test = || tokio::spawn(Scope::new(&disk()).run(half_a_minute()));
            let (one, other) = (test(), test());
            one.await.expect("it passes");
            other.await.expect("it passes");
            assert_eq!(start.elapsed().as_secs(), 60);
        });
    });
}

#[test]
fn a_paused_clock_stands_still_while_another_runtime_has_the_turn() {
    within_20_seconds(|| {
        let (began, has_begun) = mpsc::channel();
        let other = thread::spawn(move || {
            Scope::new(&disk()).run_blocking(|| {
                began.send(()).expect("somebody waits");
                thread::sleep(Duration::from_millis(300));
            });
        });
        has_begun.recv().expect("it has begun");
        on_a_runtime(true, async {
            let real = Instant::now();
            let start = tokio::time::Instant::now();
            let run = Scope::new(&disk()).run(handler());
            let ended = timeout(SECOND, run).await;
            ended.expect("its second has not begun").expect("an answer");
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert!(
                real.elapsed() >= Duration::from_millis(100),
                "it has waited"
            );
        });
        other.join().expect("it passes");
    });
}

#[test]
fn what_is_not_process_wide_does_not_wait() {
    within_20_seconds(|| {
        on_a_runtime(
            false,
            Scope::new(&disk()).run(async {
                thread::spawn(|| {
                    let off = json!({"diskspace": {"enabled": false}});
                    let dry =
                        json!({"settings": {"dry_run": true}, "diskspace": {"enabled": true}});
                    let not_named = json!({"memory": {"enabled": true}});
                    let latency = json!({"latency": {"enabled": true, "min_latency": 1}});
                    for document in [off, dry, not_named, latency] {
                        let scope = Scope::new(&document);
                        scope.run_blocking(blocking_handler).expect("an answer");
                        on_a_runtime(true, scope.run(handler())).expect("an answer");
                    }
                    Scope::dry_run(&disk()).run_blocking(|| ());
                })
                .join()
                .expect("it passes");
            }),
        );
    });
}

#[test]
fn scopes_inside_and_the_tasks_of_a_scope_do_not_wait_for_themselves() {
    within_20_seconds(|| {
        on_a_runtime(false, async {
            let outer = Scope::new(&disk());
            let again = outer.clone();
            let inside = async move {
                // the same scope, here and in a task
                again.run(handler()).await.expect("an answer");
                tokio::spawn(again.run(handler()))
                    .await
                    .expect("it ends")
                    .expect("an answer");
                // others, directly and with one between them that has no such fault
                let inner = Scope::new(&disk());
                inner.run(handler()).await.expect("an answer");
                inner.run_blocking(blocking_handler).expect("an answer");
                let between = Scope::new(&json!({}));
                let innermost = inner.clone();
                between
                    .run(async move {
                        innermost.run_blocking(blocking_handler).expect("an answer");
                        let task = innermost.clone();
                        let spawned = async { tokio::spawn(task.run(handler())).await };
                        innermost
                            .run(spawned)
                            .await
                            .expect("it ends")
                            .expect("an answer");
                    })
                    .await;
            };
            outer.run(inside).await;
        });
    });
}

#[test]
fn a_flip_inside_does_not_wait() {
    within_20_seconds(|| {
        on_a_runtime(false, async {
            let scope = Scope::new(&json!({}));
            let flipped = scope.clone();
            let inside = async move {
                flipped.flip(&disk());
                handler().await.expect("an answer");
                flipped.run(handler()).await.expect("an answer");
            };
            scope.run(inside).await;
            assert_eq!(scope.injected(), ["diskspace", "diskspace"]);
        });
    });
}

#[test]
fn the_turn_is_given_up_however_a_run_ends() {
    within_20_seconds(|| {
        on_a_runtime(false, async {
            let next = || async {
                let run = Scope::new(&disk()).run(handler());
                timeout(10 * SECOND, run)
                    .await
                    .expect("its turn")
                    .expect("an answer");
            };
            let scope = Scope::new(&disk());
            // dropped in the middle
            assert!(
                timeout(SECOND / 20, scope.run(std::future::pending::<()>()))
                    .await
                    .is_err()
            );
            next().await;
            // a panic, in a future and in a function
            let panics = tokio::spawn(scope.run(async { panic!("its own") }));
            assert!(panics.await.is_err());
            next().await;
            let inside = scope.clone();
            let panics = thread::spawn(move || inside.run_blocking(|| panic!("its own")));
            assert!(panics.join().is_err());
            next().await;
            // dropped while it waits
            let (began, has_begun) = oneshot::channel();
            let has_it = tokio::spawn(scope.run(async {
                began.send(()).expect("somebody waits");
                sleep(SECOND / 5).await;
            }));
            has_begun.await.expect("it has begun");
            let waits = Scope::new(&disk()).run(handler());
            assert!(timeout(SECOND / 20, waits).await.is_err());
            has_it.await.expect("it ends");
            next().await;
        });
    });
}

#[test]
fn what_would_block_for_ever_panics() {
    within_20_seconds(|| {
        on_a_runtime(false, async {
            let (began, has_begun) = oneshot::channel();
            let (end, ends) = oneshot::channel::<()>();
            let has_it = tokio::spawn(Scope::new(&disk()).run(async {
                began.send(()).expect("somebody waits");
                ends.await
            }));
            has_begun.await.expect("it has begun");
            let blocks = tokio::spawn(async {
                Scope::new(&disk()).run_blocking(|| ());
            });
            let panic = blocks.await.expect_err("a panic").into_panic();
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or(panic.downcast_ref::<&str>().copied());
            assert!(message.is_some_and(|text| text.contains("keep it from ending")));
            end.send(()).expect("it waits");
            has_it.await.expect("it ends").expect("it was told to");
        });
    });
}
