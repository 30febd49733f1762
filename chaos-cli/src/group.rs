//! A child with everything that it starts in turn, as cargo starts rustc: it ends as a whole.

use std::io;
use std::process::ExitStatus;

use tokio::process::{Child, ChildStdout, Command};

/// A child in a process group of its own, and all of the group ends with this value.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        // A group can be told to end as a whole; a terminal's Ctrl-C no longer reaches it, but we do.
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn()?;
        Ok(Self {
            child,
            ended: false,
        })
    }

    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.ended = true;
        Ok(status)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            end(&mut self.child);
        }
    }
}

/// Asks the whole group to end, and waits a moment for the child so that it is gone when we are.
#[cfg(unix)]
fn end(child: &mut Child) {
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process_group};

    let Some(group) = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw)
    else {
        return;
    };
    // It fails if the whole group is gone, which is what is wanted.
    let _ = kill_process_group(group, Signal::TERM);
    let deadline = Instant::now() + Duration::from_secs(2);
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = kill_process_group(group, Signal::KILL);
}

#[cfg(not(unix))]
fn end(child: &mut Child) {
    let _ = child.start_kill();
}
