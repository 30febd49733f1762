//! `CHAOS_CONFIG_FILE`: a document in a file.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Fetch, Source, SourceError};
use crate::plan::MAX_DOCUMENT_BYTES;

/// How long a fetch waits for an earlier read to end: enough for one that a freeze held up.
const EARLIER: Duration = Duration::from_secs(1);

/// A document in a file (`CHAOS_CONFIG_FILE`), cached for one second.
///
/// A file that does not exist means no chaos. One of more than 1 MiB, or that is not UTF-8, is no
/// document, and means no chaos either.
#[derive(Clone, Debug)]
pub struct FileSource {
    path: PathBuf,
    /// Held while a thread reads. A fetch can be given up, a read from a mount that hangs cannot:
    /// each one more would keep one more thread for good.
    reading: Arc<Mutex<()>>,
}

impl FileSource {
    /// The file at `path`. A relative path starts at the process's working directory.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            reading: Arc::default(),
        }
    }
}

impl Source for FileSource {
    fn name(&self) -> &'static str {
        "file"
    }

    fn location(&self) -> String {
        format!("file {}", self.path.display())
    }

    fn fetch(&self) -> Fetch<'_> {
        let path = self.path.clone();
        let reading = Arc::clone(&self.reading);
        Box::pin(async move {
            let Ok(alone) = timeout(EARLIER, reading.lock_owned()).await else {
                let path = path.display();
                return Err(SourceError::unavailable(format!(
                    "file {path} has not been read yet, as an earlier read of it hangs; look at \
                     what it is mounted from"
                )));
            };
            // files may be on a network: off the threads that handlers run on
            tokio::task::spawn_blocking(move || {
                let _alone = alone;
                read(&path)
            })
            .await
            .unwrap_or_else(|error| {
                Err(SourceError::unavailable("reading the file was broken off").with_source(error))
            })
        })
    }

    fn cache_ttl(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }
}

fn read(path: &Path) -> Result<String, SourceError> {
    let unreadable = |error| refuse(path, error);
    // looked at before it is opened, since opening a pipe waits for its other end
    if !path.metadata().map_err(unreadable)?.is_file() {
        let path = path.display();
        return Err(SourceError::invalid(format!(
            "{path} is not a regular file; let CHAOS_CONFIG_FILE name one that holds the document"
        )));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // one byte more than allowed tells that there is more
    file.take(MAX_DOCUMENT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > MAX_DOCUMENT_BYTES {
        let path = path.display();
        return Err(SourceError::invalid(format!(
            "file {path} has more than {MAX_DOCUMENT_BYTES} bytes, so it is not read as a document; \
             shorten it"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let path = path.display();
        SourceError::invalid(format!("file {path} is not UTF-8; save it as that"))
            .with_source(error.utf8_error())
    })
}

fn refuse(path: &Path, error: std::io::Error) -> SourceError {
    let path = path.display();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => SourceError::missing(format!(
            "file {path} does not exist; write {{}} to it, or correct CHAOS_CONFIG_FILE"
        )),
        ErrorKind::PermissionDenied => SourceError::unavailable(format!(
            "file {path} may not be read; give the function's user the right to read it"
        ))
        .with_source(error),
        _ => SourceError::unavailable(format!(
            "file {path} cannot be read; look at what it is mounted from"
        ))
        .with_source(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fetch(path: &Path) -> Result<String, SourceError> {
        FileSource::new(path).fetch().await
    }

    #[tokio::test]
    async fn a_file_is_read_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(fetch(&path).await.unwrap(), "{}");
        std::fs::write(&path, "{ }").unwrap();
        assert_eq!(fetch(&path).await.unwrap(), "{ }");
    }

    #[tokio::test]
    async fn a_file_that_does_not_exist_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let error = fetch(&folder.path().join("none")).await.unwrap_err();
        assert!(error.is_missing(), "{error:?}");
        let said = "none does not exist; write {} to it, or correct CHAOS_CONFIG_FILE";
        assert!(error.to_string().ends_with(said), "{error}");
        std::fs::write(folder.path().join("plain"), "").unwrap();
        let error = fetch(&folder.path().join("plain/below")).await.unwrap_err();
        assert!(error.is_missing(), "{error:?}");
    }

    #[tokio::test]
    async fn what_can_be_no_document_is_invalid() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        let size = MAX_DOCUMENT_BYTES;

        std::fs::write(&path, " ".repeat(size)).unwrap();
        assert_eq!(fetch(&path).await.unwrap().len(), size);
        std::fs::write(&path, " ".repeat(size + 1)).unwrap();
        assert!(fetch(&path).await.unwrap_err().is_invalid());

        std::fs::write(&path, b"{\"a\": \"\xff\"}").unwrap();
        assert!(fetch(&path).await.unwrap_err().is_invalid());
        assert!(fetch(folder.path()).await.unwrap_err().is_invalid());
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_read_hangs_no_other_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        std::fs::write(&path, "{}").unwrap();
        let source = FileSource::new(&path);
        // as a read would that hangs
        let hangs = Arc::clone(&source.reading).lock_owned().await;
        for _ in 0..3 {
            let error = source.clone().fetch().await.unwrap_err();
            assert!(error.is_unavailable(), "{error:?}");
            assert!(error.to_string().contains("has not been read yet"));
        }
        drop(hangs);
        assert_eq!(source.fetch().await.unwrap(), "{}");
    }

    #[test]
    fn a_fetch_that_is_given_up_leaves_one_read_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        std::fs::write(&path, "{}").unwrap();
        let source = FileSource::new(&path);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            // keeps the only thread, so that the read does not end
            let (end, hangs) = std::sync::mpsc::channel::<()>();
            let thread = tokio::task::spawn_blocking(move || hangs.recv());
            let given_up = timeout(Duration::from_millis(1), source.fetch()).await;
            assert!(given_up.is_err());
            assert!(source.reading.try_lock().is_err());
            drop(end);
            assert!(thread.await.unwrap().is_err());
            assert_eq!(source.fetch().await.unwrap(), "{}");
        });
    }

    #[test]
    fn a_file_is_cached_for_a_second() {
        let source = FileSource::new("/etc/chaos.json");
        assert_eq!(source.cache_ttl(), Some(Duration::from_secs(1)));
        assert_eq!(source.location(), "file /etc/chaos.json");
        assert_eq!(source.name(), "file");
    }
}
