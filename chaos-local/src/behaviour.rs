use std::time::Duration;

/// How a server treats the requests that reach it, for tests of what a function does then.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use chaos_local::{Behaviour, ParameterStore};
///
/// let params = ParameterStore::start().await?;
/// params.behave(Behaviour::Throttled).await?;
/// // … what does the function do now? …
/// params.behave(Behaviour::Normal).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Behaviour {
    /// Answers as the service does.
    #[default]
    Normal,
    /// The listener is closed and open connections are cut: connecting fails with "connection
    /// refused". The port stays reserved, so that switching back finds it free.
    Refuse,
    /// Accepts connections, reads requests and never says anything. A request that fell silent
    /// stays so after switching back, until its connection is closed.
    Silent,
    /// Every request fails with `ThrottlingException`, HTTP status 400 (at the agent of `AppConfig`
    /// 429).
    Throttled,
    /// Every request fails with `AccessDeniedException`, HTTP status 400 (at the agent of
    /// `AppConfig` 403), as it does for a role whose policy lacks the action.
    AccessDenied,
    /// Every request fails with `InternalServerError`, HTTP status 500.
    InternalError,
    /// Answers as the service does, after this time.
    Slow(Duration),
}
