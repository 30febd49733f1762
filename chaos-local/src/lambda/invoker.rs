//! Handing an invocation to a function, and waiting for what comes of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::invocation::Invocation;
use super::queue::{Announced, Event, Queue, Waiting};
use super::reply::{InvokeError, Reply};

/// What it takes to invoke a function. A clone invokes the same one.
#[derive(Clone)]
pub(crate) struct Invoker {
    pub(crate) arn: String,
    pub(crate) version: String,
    pub(crate) timeout: Duration,
    pub(crate) init_timeout: Duration,
    pub(crate) queue: Arc<Queue>,
}

impl Invoker {
    /// The function's name, which its ARN ends with.
    pub(crate) fn name(&self) -> &str {
        self.arn
            .rsplit_once(':')
            .map_or(&*self.arn, |(_, name)| name)
    }

    pub(crate) async fn invoke(&self, invocation: Invocation) -> Result<Reply, InvokeError> {
        let headers = invocation.headers(&self.arn)?;
        let request_id = invocation.request_id;
        let timeout = invocation.timeout.unwrap_or(self.timeout);
        let announced = invocation.announced_deadline;
        let event = Event {
            request_id: request_id.clone(),
            headers,
            payload: invocation.payload,
            deadline: announced.map_or(Announced::In(timeout), Announced::At),
        };
        let (outcome, answer) = oneshot::channel();
        self.queue.add(Waiting {
            event,
            timeout,
            outcome,
        });
        self.wait_for_process(&request_id).await?;
        answer.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// Waits until a process has taken the invocation, or nobody will.
    async fn wait_for_process(&self, request_id: &str) -> Result<(), InvokeError> {
        // A child's own limit is the same, and tells more: give it the moment to do so.
        let patience = self.init_timeout + Duration::from_secs(1);
        let mut waited = Duration::ZERO;
        while tokio::time::timeout(patience, self.queue.handed_out(request_id))
            .await
            .is_err()
        {
            waited += patience;
            if self.queue.take_back(request_id) {
                return Err(InvokeError::NotPolled {
                    request_id: request_id.to_owned(),
                    waited,
                });
            }
        }
        Ok(())
    }
}
