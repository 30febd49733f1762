//! The lines that a child wrote to its standard output and its standard error.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::Notify;

/// Beyond this many lines the oldest are forgotten, so that a function can run for days.
const KEPT: usize = 10_000;

#[derive(Default)]
pub(crate) struct Logs {
    lines: Mutex<VecDeque<String>>,
    changed: Notify,
    echo: bool,
}

impl Logs {
    pub(crate) fn new(echo: bool) -> Self {
        Self {
            echo,
            ..Self::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The first line for which the function says yes, now or later.
    pub(crate) async fn find(&self, mut wanted: impl FnMut(&str) -> bool) -> String {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(line) = self.lock().iter().find(|line| wanted(line)) {
                return line.clone();
            }
            changed.await;
        }
    }

    /// Reads lines until the other side is closed.
    pub(crate) async fn collect(self: Arc<Self>, source: impl AsyncRead + Unpin) {
        let mut source = BufReader::new(source);
        let mut line = Vec::new();
        while source
            .read_until(b'\n', &mut line)
            .await
            .is_ok_and(|read| read > 0)
        {
            self.push(
                String::from_utf8_lossy(&line)
                    .trim_end_matches(['\n', '\r'])
                    .to_owned(),
            );
            line.clear();
        }
    }

    fn push(&self, line: String) {
        if self.echo {
            eprintln!("{line}");
        }
        let mut lines = self.lock();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
        drop(lines);
        self.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{KEPT, Logs};

    #[tokio::test]
    async fn lines_are_kept_whatever_their_bytes_and_their_end() {
        let logs = Arc::new(Logs::default());
        Arc::clone(&logs)
            .collect(&b"one\r\n\xfftwo\n\nlast"[..])
            .await;
        assert_eq!(logs.lines(), ["one", "\u{fffd}two", "", "last"]);
    }

    #[tokio::test]
    async fn the_oldest_lines_are_forgotten() {
        let logs = Logs::default();
        (0..=KEPT).for_each(|number| logs.push(number.to_string()));
        assert_eq!(logs.lines().len(), KEPT);
        assert_eq!(logs.lines()[0], "1");
    }

    #[tokio::test]
    async fn find_waits_for_a_line_that_comes_later() {
        let logs = Logs::default();
        logs.push("early".to_owned());
        let (found, ()) = tokio::join!(logs.find(|line| line == "late"), async {
            tokio::task::yield_now().await;
            logs.push("late".to_owned());
        });
        assert_eq!(found, "late");
    }
}
