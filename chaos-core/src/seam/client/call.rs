//! One call of a client's under faults: what comes before it, the call, what comes after it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::{After, Before, Beginning, Carry, Injection};
use crate::fault::{denylist, latency};
use crate::seam::future::take_beside;

/// What carries the faults of a client's calls, and knows how that client waits.
pub(crate) trait Client<T>: Carry<T, Out = T> {
    /// The host that is called, where it is known.
    fn host(&self) -> Option<&str>;
    /// The host's name does not resolve.
    fn unresolved(&self) -> T;
    /// No reply came in time.
    fn late(&self) -> T;
    /// How long the client still waits for a reply.
    fn patience(&mut self) -> &mut Patience;
    /// Whether it is a client that blocks. Its calls are made when their future is first polled.
    fn blocks(&self) -> bool {
        false
    }
    /// How a client waits that does not block.
    fn sleep(&self, wait: Duration) -> impl Future<Output = ()> + Send {
        latency::wait(wait)
    }
}

/// How long a client waits for a reply. It keeps to that by itself, but knows nothing of waits
/// before it is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    whole: Option<Duration>,
    /// What waits have left of it, where there were any.
    left: Option<Duration>,
}

impl Patience {
    /// None where the client waits for ever.
    pub(crate) const fn new(whole: Option<Duration>) -> Self {
        Self { whole, left: None }
    }

    /// What there is now.
    pub(crate) fn now(self) -> Option<Duration> {
        self.left.or(self.whole)
    }

    /// What waits have left, where there were any.
    pub(crate) fn left(self) -> Option<Duration> {
        self.left
    }

    /// So much of it has passed, if there was a bound to it.
    fn pass(&mut self, passed: Duration) {
        let now = self.now();
        self.left = now.map(|now| now.saturating_sub(passed));
    }

    /// How long to wait really, and whether it is the whole of that wait.
    pub(crate) fn spend(&mut self, wait: Duration) -> (Duration, bool) {
        let Some(now) = self.now() else {
            return (wait, true);
        };
        self.pass(wait);
        (wait.min(now), wait < now)
    }
}

/// A call for which there may be something to do. `reply` makes it, and is told what waits have left
/// of the client's patience.
pub(crate) async fn call<T, C, F>(
    carrier: C,
    beginning: Option<Box<Beginning>>,
    reply: impl FnOnce(Option<Duration>) -> F,
) -> T
where
    C: Client<T>,
    F: Future<Output = T>,
{
    let injection = decide(beginning).await;
    under(carrier, injection, reply).await
}

/// The same once it is known what fires.
pub(crate) async fn under<T, C, F>(
    mut carrier: C,
    injection: Option<Injection>,
    reply: impl FnOnce(Option<Duration>) -> F,
) -> T
where
    C: Client<T>,
    F: Future<Output = T>,
{
    let Some(mut injection) = injection else {
        return send(&mut carrier, reply).await;
    };
    if let Some(answer) = before(&mut carrier, &mut injection).await {
        return answer;
    }
    let outcome = send(&mut carrier, reply).await;
    after(&mut carrier, &mut injection, outcome).await
}

/// What fires at a call.
pub(crate) async fn decide(beginning: Option<Box<Beginning>>) -> Option<Injection> {
    let mut beginning = beginning?;
    beginning.arrive();
    if let Some(wait) = beginning.wait.take() {
        wait.await;
    }
    beginning.decide(false)
}

/// What is answered in the place of the call, if anything is.
pub(crate) async fn before<T, C: Client<T>>(
    carrier: &mut C,
    injection: &mut Injection,
) -> Option<T> {
    loop {
        match injection.before(carrier) {
            Before::Wait(wait) => {
                if !waits(carrier, injection, wait).await {
                    return Some(carrier.late());
                }
            }
            Before::Take(what) => injection.hold(take_beside(what).await),
            Before::Answer(out) => return Some(out),
            Before::Twice => {}
            Before::Run => return None,
        }
    }
}

/// The call, unless the name of its host is denied to the whole process: a connection that is kept
/// alive asks no resolver.
pub(crate) async fn send<T, C, F>(carrier: &mut C, reply: impl FnOnce(Option<Duration>) -> F) -> T
where
    C: Client<T>,
    F: Future<Output = T>,
{
    if denylist::denying() && carrier.host().is_some_and(denylist::denies) {
        return carrier.unresolved();
    }
    let left = carrier.patience().left();
    let begun = Instant::now();
    let reply = reply(left);
    let outcome = match left {
        None => reply.await,
        Some(left) => {
            let in_time = within(reply, carrier.sleep(left)).await;
            in_time.unwrap_or_else(|| carrier.late())
        }
    };
    // A wait that comes after the call has no more than what it has left.
    carrier.patience().pass(begun.elapsed());
    outcome
}

/// What the caller gets once the call was made.
pub(crate) async fn after<T, C: Client<T>>(
    carrier: &mut C,
    injection: &mut Injection,
    mut outcome: T,
) -> T {
    loop {
        match injection.after(outcome, carrier) {
            After::Answer(out) => return out,
            After::Wait(wait, same) => {
                outcome = same;
                if !waits(carrier, injection, wait).await {
                    return carrier.late();
                }
            }
        }
    }
}

/// Waits so long, or until the client's patience has run out: whether it was the first.
pub(crate) async fn waits<T, C: Client<T>>(
    carrier: &mut C,
    injection: &Injection,
    wait: Duration,
) -> bool {
    let (wait, in_time) = carrier.patience().spend(wait);
    if carrier.blocks() {
        injection.block(wait);
    } else {
        carrier.sleep(wait).await;
    }
    in_time
}

/// The reply, if it is there before the wait has ended.
pub(crate) async fn within<F: Future>(
    reply: F,
    wait: impl Future<Output = ()>,
) -> Option<F::Output> {
    let (mut reply, mut wait) = (pin!(reply), pin!(wait));
    poll_fn(|cx| match reply.as_mut().poll(cx) {
        Poll::Ready(reply) => Poll::Ready(Some(reply)),
        Poll::Pending => wait.as_mut().poll(cx).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_use_up_what_there_is() {
        let ms = Duration::from_millis;
        let mut patience = Patience::new(Some(ms(100)));
        assert_eq!((patience.now(), patience.left()), (Some(ms(100)), None));
        assert_eq!(patience.spend(ms(30)), (ms(30), true));
        assert_eq!(patience.left(), Some(ms(70)));
        assert_eq!(patience.spend(ms(70)), (ms(70), false));
        assert_eq!(patience.spend(ms(5)), (ms(0), false));
        let mut passing = Patience::new(Some(ms(100)));
        passing.pass(ms(40));
        assert_eq!(passing.spend(ms(50)), (ms(50), true));
        passing.pass(ms(40));
        assert_eq!(passing.now(), Some(ms(0)));
        let mut endless = Patience::new(None);
        assert_eq!(endless.spend(ms(900)), (ms(900), true));
        endless.pass(ms(900));
        assert_eq!(endless.left(), None);
    }
}
