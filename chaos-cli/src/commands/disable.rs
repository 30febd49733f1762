//! `cargo chaos disable`.

use std::process::ExitCode;

use chaos_core::plan;
use clap::Args;

use crate::change;
use crate::edit::{Draft, Which, all_off, switch_off};
use crate::ending::Ending;
use crate::store::{Found, Haste, Kind, Place, Store, Trouble, Written};
use crate::{progress, terminal};

/// So often it is done again as somebody else switches on what has just been switched off.
const MOST_ROUNDS: usize = 10;

/// Switch faults off
///
/// At once and without asking. What the flags say stays, so that `cargo chaos enable` switches the
/// same on again.
///
/// --all needs nothing but the name of the place. Without the right to read what is there, it
/// writes a document in which everything is off. In AppConfig it stops a deployment that is under
/// way first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos disable --all --param /orders/chaos
  cargo chaos disable latency slow-cache --profile orders
  cargo chaos disable                    asks which of those that are on")]
pub(crate) struct Arguments {
    /// The flags
    #[arg(value_name = "NAME", conflicts_with = "all")]
    names: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
    /// Nothing is asked anyway; whoever is in a hurry may say it all the same
    #[arg(long = "yes", hide = true)]
    _hurry: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(mut arguments: Arguments) -> Result<ExitCode, Ending> {
    if terminal::is_there() {
        arguments.place.ask_if_not_named()?;
    }
    if arguments.names.is_empty() && !arguments.all && !terminal::is_there() {
        return Err(Ending::Usage(
            "it is not said what to switch off; name flags, or say --all".to_owned(),
        ));
    }
    let store = Store::open(&arguments.place).await?;
    if arguments.all {
        return everything(&store).await;
    }
    halt(&store).await?;
    let found = store.read().await?;
    let names = if arguments.names.is_empty() {
        ask(&found.text)?
    } else {
        arguments.names
    };
    named(&store, found, &names).await
}

/// Stops what is being deployed. What cannot be stopped is no reason not to go on.
async fn halt(store: &Store) -> Result<(), Ending> {
    match store.halt().await {
        Err(trouble) if trouble.is_missing() => Err(trouble.into()),
        Err(trouble) => {
            progress::warning(&trouble.to_string());
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Switches off those that are named.
async fn named(store: &Store, mut found: Found, names: &[String]) -> Result<ExitCode, Ending> {
    let mut rounds = 0;
    let (switched, code) = loop {
        let switched = switch_off(&found.text, Which::Named(names)).map_err(|why| {
            Ending::Usage(format!(
                "{why}; functions use nothing of it, and --all puts a sound one in its place"
            ))
        })?;
        if switched.flags.is_empty() {
            if switched.unknown.len() < names.len() {
                say_unchanged(store, found.version);
            }
            break (switched, ExitCode::SUCCESS);
        }
        match store.write(&found, &switched.text, Haste::Now).await {
            Ok(written) => {
                change::report(&written);
                say_disabled(&switched.flags, store, &written);
                break (switched, change::exit_code(&written));
            }
            Err(trouble) if trouble.kind == Kind::Conflict && rounds < MOST_ROUNDS => {
                again(&found.text, &trouble);
                found = store.read().await?;
                rounds += 1;
            }
            Err(trouble) => return Err(trouble.into()),
        }
    };
    // Last, so that a slip in one name leaves none of the others on.
    if switched.unknown.is_empty() {
        return Ok(code);
    }
    let there = flags_of(&found.text);
    let there = if there.is_empty() {
        "the document has none".to_owned()
    } else {
        format!("the document has {}", there.join(", "))
    };
    Err(Ending::Usage(format!(
        "there is no flag {}; {there}",
        switched.unknown.join(", ")
    )))
}

/// Says what somebody else did meanwhile.
fn again(found: &str, trouble: &Trouble) {
    progress::warning(&format!("{trouble}; this is done now"));
    change::report_theirs(found, trouble);
}

/// Switches everything off, whatever may be ignored.
async fn everything(store: &Store) -> Result<ExitCode, Ending> {
    halt(store).await?;
    for _ in 0..MOST_ROUNDS {
        let found = match store.read().await {
            Ok(found) => found,
            Err(trouble) if trouble.is_missing() => return Err(trouble.into()),
            Err(trouble) => return write_over(store, &trouble).await,
        };
        let switched = switch_off(&found.text, Which::All).map_err(Ending::Usage)?;
        if let Some(why) = &switched.replaced {
            progress::warning(&format!(
                "{why}; a document in which everything is off takes its place"
            ));
        }
        if switched.text == found.text {
            say_unchanged(store, found.version);
            return Ok(ExitCode::SUCCESS);
        }
        let written = match store.write(&found, &switched.text, Haste::Now).await {
            Ok(written) => written,
            Err(trouble) if trouble.kind == Kind::Conflict => {
                again(&found.text, &trouble);
                continue;
            }
            Err(trouble) => return write_over(store, &trouble).await,
        };
        change::report(&written);
        say_disabled(&switched.flags, store, &written);
        if is_off(&written.text) {
            return Ok(ExitCode::SUCCESS);
        }
        // What somebody switched on in between.
    }
    Err(Ending::Usage(
        "somebody keeps switching faults on; find out who, and set CHAOS_DISABLED for the function"
            .to_owned(),
    ))
}

/// Everything off in the place of what cannot be read, or not be written otherwise.
async fn write_over(store: &Store, trouble: &Trouble) -> Result<ExitCode, Ending> {
    progress::warning(&format!(
        "{trouble}; a document in which everything is off takes its place"
    ));
    let written = store.write_over(&all_off()).await?;
    progress::say(
        "Disabled",
        &format!("everything in {}", change::place(store, written.version)),
    );
    Ok(ExitCode::SUCCESS)
}

fn is_off(text: &str) -> bool {
    plan::read(text).plan.active().next().is_none()
}

fn say_unchanged(store: &Store, version: Option<u64>) {
    let place = change::place(store, version);
    progress::say("Unchanged", &format!("{place}, as it was off already"));
}

fn say_disabled(flags: &[String], store: &Store, written: &Written) {
    let place = change::place(store, written.version);
    let what = if flags.is_empty() {
        "everything".to_owned()
    } else {
        flags.join(", ")
    };
    progress::say("Disabled", &format!("{what} in {place}"));
}

fn ask(text: &str) -> Result<Vec<String>, Ending> {
    let mut on = flags_of(text);
    on.retain(|name| is_on(text, name));
    if on.is_empty() {
        return Ok(on);
    }
    terminal::picked("Which are to be off?", on)
}

fn is_on(text: &str, name: &str) -> bool {
    let flag = Draft::of(text).ok().and_then(|draft| draft.get(name));
    flag.is_some_and(|flag| flag["enabled"] == true)
}

/// The names that can be switched off.
fn flags_of(text: &str) -> Vec<String> {
    let Ok(draft) = Draft::of(text) else {
        return Vec::new();
    };
    let mut names = draft.keys();
    names.retain(|name| name != "settings" && draft.attributes(name).is_some());
    names
}
