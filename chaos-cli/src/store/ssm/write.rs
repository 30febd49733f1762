//! Writing without losing what others write at the same time.
//!
//! SSM has no conditional write. So the version that a write returns is held against the one that
//! was read; whatever came in between is taken from the history, merged, and written again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use serde_json::Value;

use super::ParameterStore;
use super::about::About;
use super::history::Version;
use crate::edit::{merge, replay};
use crate::store::aws::explain;
use crate::store::{Between, Found, Kind, Origin, Trouble, Written};

/// So often a write is done again as others keep writing too.
const MOST_ROUNDS: usize = 20;

/// So often a write is tried again that collided with another one.
const MOST_TRIES: u32 = 5;

/// Who wrote so shortly before may not have been known to who writes now.
const RUSH: Duration = Duration::from_secs(10);

/// The most characters that a parameter of the standard tier has.
const STANDARD: usize = 4096;

impl ParameterStore {
    /// Creates the parameter; there must be none.
    pub(in crate::store) async fn create(
        &self,
        text: &str,
        secure: Option<&str>,
    ) -> Result<Written, Trouble> {
        let name = self.writable()?;
        let about = About {
            kind: Some(match secure {
                Some(_) => ParameterType::SecureString,
                None => ParameterType::String,
            }),
            key: secure.filter(|key| !key.is_empty()).map(ToOwned::to_owned),
            ..About::default()
        };
        let created = self.put(&name, text, &about, false).await;
        let version = created.map_err(|trouble| match trouble.kind {
            Kind::Exists => {
                Trouble::new(Kind::Exists, format!("there is a {} already", self.name()))
            }
            _ => trouble,
        })?;
        Ok(Written::new(text, Some(version)))
    }

    /// Writes what was made of what was found.
    pub(in crate::store) async fn write(
        &self,
        found: &Found,
        text: &str,
    ) -> Result<Written, Trouble> {
        self.writable()?;
        let Origin::Parameter { name, secure } = &found.origin else {
            return Err(Trouble::other("this was not read from a parameter"));
        };
        let about = match self.about(name).await {
            Ok(about) => about,
            // Of a parameter without a key there is nothing that a write could lose: it keeps
            // its type and its tier by itself.
            Err(trouble) if trouble.kind == Kind::Denied && !secure => About::default(),
            Err(trouble) => {
                return Err(Trouble::new(
                    trouble.kind,
                    format!("{trouble}; without it the key of the parameter is not known"),
                ));
            }
        };
        let read = found.version.unwrap_or_default();
        let own = self.put(name, text, &about, true).await?;
        self.settle(name, &about, (read, &found.text), own, text)
            .await
    }

    /// Writes over whatever is there, with as little knowledge as may be.
    pub(in crate::store) async fn write_over(&self, text: &str) -> Result<Written, Trouble> {
        self.writable()?;
        let mut trouble = Trouble::other("there is no name to write to");
        for name in self.reference.names() {
            let about = self.about(&name).await.unwrap_or_default();
            match self.put(&name, text, &about, true).await {
                Ok(version) => return Ok(Written::new(text, Some(version))),
                Err(why) => trouble = why,
            }
        }
        Err(trouble)
    }

    /// The name, unless it stands for a version.
    fn writable(&self) -> Result<String, Trouble> {
        if let Some(selector) = self.reference.selector() {
            return Err(Trouble::other(format!(
                "{} is one version of a parameter, and cannot be changed; name it without :{selector}",
                self.reference
            )));
        }
        Ok(self.reference.names().swap_remove(0))
    }

    /// Holds the version that was written against the one that was read, and merges what came in
    /// between, until nothing does.
    async fn settle(
        &self,
        name: &str,
        about: &About,
        (read, base): (u64, &str),
        first: u64,
        ours: &str,
    ) -> Result<Written, Trouble> {
        let mut written = Written::new(ours, Some(first));
        let mut own = vec![first];
        let mut seen = read;
        for round in 0..MOST_ROUNDS {
            let last = own[own.len() - 1];
            if last == seen + 1 {
                return Ok(written);
            }
            tokio::time::sleep(a_moment(round)).await;
            let history = match self.history(name, 0).await {
                Ok(history) => history,
                Err(trouble) => {
                    written.unseen = Some(unseen(seen, last, &trouble));
                    return Ok(written);
                }
            };
            let (was, since) = before_the_rush(&history, read).unwrap_or((base, read));
            let theirs: Vec<&Version> = history
                .iter()
                .filter(|version| version.about.version > since)
                .filter(|version| !own.contains(&version.about.version))
                .collect();
            let others = replay(was, theirs.iter().map(|version| &*version.text));
            let merged = merge(base, &others, ours);
            let before = std::mem::replace(&mut written.text, merged.text);
            written.between.push(Between {
                versions: theirs
                    .iter()
                    .map(|version| &version.about)
                    .filter(|about| about.version > seen)
                    .map(|about| (about.version, about.user.clone()))
                    .collect(),
                decided: merged.decided,
                before,
            });
            let newest = history.last();
            seen = newest.map_or(last, |version| version.about.version);
            if newest.is_some_and(|version| same(&version.text, &written.text)) {
                written.version = Some(seen);
                return Ok(written);
            }
            let version = self.put(name, &written.text, about, true).await?;
            own.push(version);
            written.version = Some(version);
        }
        Err(Trouble::new(
            Kind::Conflict,
            format!(
                "others keep changing {}; look at it with `cargo chaos status` and try again",
                self.name()
            ),
        ))
    }

    /// Puts a text and returns its version.
    async fn put(
        &self,
        name: &str,
        text: &str,
        about: &About,
        overwrite: bool,
    ) -> Result<u64, Trouble> {
        let doing = format!("cannot write parameter {name}");
        let text = fitting(text, about.tier.as_ref());
        let mut wait = Duration::from_millis(100);
        let mut tries = 1;
        loop {
            let answer = self
                .client
                .put_parameter()
                .name(name)
                .value(&text)
                .overwrite(overwrite)
                .set_type(about.kind.clone())
                .set_key_id(about.key.clone())
                .set_tier(about.tier.clone())
                .send()
                .await
                .map_err(|error| explain(&doing, &error));
            match answer {
                Ok(answer) => return Ok(u64::try_from(answer.version).unwrap_or_default()),
                // Two writes of one parameter at the same moment.
                Err(trouble) if trouble.kind == Kind::Conflict && tries < MOST_TRIES => {
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                    tries += 1;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }
}

/// The version before those that were written shortly before the one that was read: others who
/// write now may have read that, and not know of what came after it.
fn before_the_rush(history: &[Version], read: u64) -> Option<(&str, u64)> {
    let base = history
        .iter()
        .find(|version| version.about.version == read)?;
    let start = base.at?.checked_sub(RUSH)?;
    let before = history
        .iter()
        .filter(|version| version.about.version < read);
    let quiet = before
        .rev()
        .find(|version| version.at.is_some_and(|at| at < start));
    // Of the first one of all it is known that nothing was before it.
    let quiet = quiet.or_else(|| history.first())?;
    Some((&quiet.text, quiet.about.version))
}

/// Somebody has to be the first to merge; the others then have nothing left to do.
fn a_moment(round: usize) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let most = 40 * (round as u64 + 1);
    Duration::from_millis(random % most)
}

/// The text, or the same JSON without space in it where only that fits into the tier.
fn fitting(text: &str, tier: Option<&ParameterTier>) -> String {
    if tier == Some(&ParameterTier::Advanced) || text.chars().count() <= STANDARD {
        return text.to_owned();
    }
    let compact = serde_json::from_str::<Value>(text).map(|value| value.to_string());
    compact.unwrap_or_else(|_| text.to_owned())
}

fn same(one: &str, other: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == other || (value(one).is_some() && value(one) == value(other))
}

fn unseen(read: u64, own: u64, trouble: &Trouble) -> String {
    let between = if read + 2 == own {
        format!("version {}", own - 1)
    } else {
        format!("versions {} to {}", read + 1, own - 1)
    };
    format!(
        "{between} of somebody else came in between and was written over, as it could not be read \
         ({trouble}); it is still in the parameter's history"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_goes_where_it_does_not_fit() {
        let roomy = format!(r#"{{ "a":{}1 }}"#, " ".repeat(STANDARD));
        assert_eq!(fitting(&roomy, None), r#"{"a":1}"#);
        assert_eq!(fitting(&roomy, Some(&ParameterTier::Advanced)), roomy);
        assert_eq!(fitting("{ }", None), "{ }");
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let trouble = Trouble::other("denied");
        assert!(unseen(3, 5, &trouble).starts_with("version 4 of somebody else"));
        assert!(unseen(3, 7, &trouble).starts_with("versions 4 to 6 of somebody else"));
    }
}
