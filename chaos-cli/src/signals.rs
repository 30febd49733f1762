//! Ctrl-C and SIGTERM, which end a command in an orderly way.

use std::io;
use std::pin::pin;

use tokio::sync::watch;

use crate::ending::Ending;

/// Whether we were told to stop. Listening begins when this is made, before anything is started
/// that would have to be stopped again.
#[derive(Clone, Debug)]
pub(crate) struct Signals(watch::Receiver<bool>);

impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        let (told, listener) = watch::channel(false);
        let mut stop = Stop::listen()?;
        tokio::spawn(async move {
            stop.received().await;
            told.send_replace(true);
        });
        Ok(Self(listener))
    }

    /// Does some work unless a signal comes first; the work is then dropped where it is.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, Ending> {
        let mut told = self.0.clone();
        let stopped = pin!(async move {
            if told.wait_for(|told| *told).await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        tokio::select! {
            biased;
            () = stopped => Err(Ending::Interrupted),
            done = work => Ok(done),
        }
    }
}

#[cfg(unix)]
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn received(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
