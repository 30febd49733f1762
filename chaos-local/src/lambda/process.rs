//! The child: started, watched, killed at a deadline and started again.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::process::{Child, Command};

use super::logs::Logs;
use super::queue::Queue;
use crate::server::Task;

/// A child that is looked after, and ends when this does, even if all else exits right after.
pub(crate) struct Supervised {
    process: Arc<Process>,
    supervisor: Mutex<Option<Task>>,
}

impl Supervised {
    pub(crate) fn start(
        mut command: Command,
        queue: &Arc<Queue>,
        logs: &Arc<Logs>,
        own_group: bool,
        init_limit: Duration,
    ) -> io::Result<Self> {
        queue.process_starts();
        let process = Arc::new(Process::start(&mut command, logs, own_group)?);
        let (queue, logs) = (Arc::clone(queue), Arc::clone(logs));
        let work = supervise(Arc::clone(&process), command, queue, logs, init_limit);
        let supervisor = Mutex::new(Some(Task::spawn(work)));
        Ok(Self {
            process,
            supervisor,
        })
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Kills the child and waits until it is gone.
    pub(crate) async fn stop(&self) {
        let supervisor = self.take_supervisor();
        if let Some(supervisor) = supervisor {
            supervisor.end().await;
        }
        self.process.kill();
        if let Err(error) = self.process.wait().await {
            tracing::warn!(%error, "cannot wait for the function's process");
        }
    }

    fn take_supervisor(&self) -> Option<Task> {
        self.supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // The supervisor first, or it might start another.
        drop(self.take_supervisor());
        self.process.kill();
    }
}

/// Only the child itself is ever killed, and it stays in our process group, so that Ctrl-C reaches
/// it; unless it has a group of its own, which is then killed as a whole.
pub(crate) struct Process {
    child: Mutex<Child>,
    /// Of the child, or of the last one: what it started may be there yet.
    group: Option<Mutex<Group>>,
    starts: AtomicU32,
}

impl Process {
    /// Starts the child for the first time.
    fn start(command: &mut Command, logs: &Arc<Logs>, own_group: bool) -> io::Result<Self> {
        #[cfg(unix)]
        if own_group {
            command.process_group(0);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let child = spawn(command, logs)?;
        let group = own_group.then(|| Mutex::new(Group::of(&child)));
        Ok(Self {
            child: Mutex::new(child),
            group,
            starts: AtomicU32::new(1),
        })
    }

    fn restart(&self, command: &mut Command, logs: &Arc<Logs>) -> io::Result<()> {
        let child = spawn(command, logs)?;
        if let Some(group) = &self.group {
            *group.lock().unwrap_or_else(PoisonError::into_inner) = Group::of(&child);
        }
        *self.child() = child;
        self.starts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn id(&self) -> Option<u32> {
        self.child().id()
    }

    pub(crate) fn restarts(&self) -> u32 {
        self.starts.load(Ordering::Relaxed) - 1
    }

    fn kill(&self) {
        self.end_group();
        // It fails for a child that has ended, which is what is wanted.
        let _ended = self.child().start_kill();
    }

    /// Waits for the child's end; what it leaves behind in a group of its own ends with it.
    async fn wait(&self) -> io::Result<ExitStatus> {
        // The lock is taken for one look at a time, so that `kill` need not wait.
        let status = poll_fn(|context| pin!(self.child().wait()).poll(context)).await?;
        self.end_group();
        Ok(status)
    }

    /// Kills the group, once: later its number may be somebody else's.
    fn end_group(&self) {
        if let Some(group) = &self.group {
            let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
            group.end();
        }
    }
}

/// A process group that is to be killed; nothing where there are no groups.
#[derive(Default)]
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(rustix::process::Pid::from_raw),
        }
    }

    #[cfg(unix)]
    fn end(&mut self) {
        use rustix::process::{Signal, kill_process_group};

        if let Some(leader) = self.leader.take() {
            // It fails if all have ended.
            let _ended = kill_process_group(leader, Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    #[cfg(not(unix))]
    fn end(&mut self) {}
}

fn spawn(command: &mut Command, logs: &Arc<Logs>) -> io::Result<Child> {
    let mut child = command.spawn()?;
    if let Some(output) = child.stdout.take() {
        tokio::spawn(Arc::clone(logs).collect(output));
    }
    if let Some(output) = child.stderr.take() {
        tokio::spawn(Arc::clone(logs).collect(output));
    }
    Ok(child)
}

/// Looks after the child for as long as the function lives.
async fn supervise(
    process: Arc<Process>,
    mut command: Command,
    queue: Arc<Queue>,
    logs: Arc<Logs>,
    init_limit: Duration,
) {
    loop {
        let Ok(was_at_work) = run(&process, &queue, init_limit).await else {
            return;
        };
        // Lambda starts again at once what it killed or lost at work. What ends while idle waits
        // for an invocation: a program that ends at once must not be started without end.
        let mut wait_for_work = !was_at_work;
        loop {
            if wait_for_work {
                queue.work().await;
            }
            queue.process_starts();
            match process.restart(&mut command, &logs) {
                Ok(()) => break,
                Err(error) => queue.process_did_not_start(error.to_string()),
            }
            wait_for_work = true;
        }
    }
}

/// Waits for the end of one process and says whether it was at work then.
async fn run(process: &Process, queue: &Queue, init_limit: Duration) -> io::Result<bool> {
    let mut init_too_slow = None;
    tokio::select! {
        _ended = process.wait() => {}
        () = queue.kill_wanted() => process.kill(),
        () = init_takes(queue, init_limit) => {
            init_too_slow = Some(init_limit);
            process.kill();
        }
    }
    let status = process.wait().await?;
    Ok(queue.process_ended(status, init_too_slow))
}

/// Returns when the init phase has taken too long, and never if it ends in time.
async fn init_takes(queue: &Queue, limit: Duration) {
    if tokio::time::timeout(limit, queue.polled()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
