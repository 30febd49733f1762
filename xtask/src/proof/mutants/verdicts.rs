//! What became of each mutant. Kept beside what cargo-mutants writes, which forgets which of those that it
//! has done with were killed and which did not compile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::proof::{Ending, Row};

/// Mutants by their names, as cargo-mutants writes them: `FILE:LINE:COLUMN: what was changed`.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<String, Verdict>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Verdict {
    Killed,
    Survived,
    DoesNotCompile,
    NotTried,
}

/// The lists that cargo-mutants writes.
const LISTS: [(&str, Verdict); 4] = [
    ("caught.txt", Verdict::Killed),
    // A loop without end is seen too.
    ("timeout.txt", Verdict::Killed),
    ("missed.txt", Verdict::Survived),
    ("unviable.txt", Verdict::DoesNotCompile),
];

const KEPT: &str = "verdicts.json";

/// What the next pass leaves out, which would try those again that ran out of time.
const DONE: &str = "mutants.out/previously_caught.txt";

/// The mutants of one file.
#[derive(Default)]
struct Tally {
    killed: u64,
    explained: u64,
    unviable: u64,
}

impl Verdicts {
    /// Those of an earlier run that are mutants still.
    pub(super) fn of_an_earlier_run<'a>(
        folder: &Path,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let kept = folder.join(KEPT);
        let earlier: BTreeMap<String, Verdict> = match fs::read(&kept) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| {
                format!(
                    "cannot read {}: delete it, or leave out --resume",
                    kept.display()
                )
            })?,
            Err(_) => BTreeMap::new(),
        };
        let verdict = |name: &str| earlier.get(name).copied().unwrap_or(Verdict::NotTried);
        let all = names.map(|name| (name.to_owned(), verdict(name)));
        Ok(Self(all.collect()))
    }

    /// Whether there is one left that more tests might kill: of what is explained none does.
    pub(super) fn ask_for_more(&self, explained: &str) -> bool {
        self.0.keys().any(|name| !self.is_done(name, explained))
    }

    fn is_done(&self, name: &str, explained: &str) -> bool {
        match self.0[name] {
            Verdict::NotTried => false,
            Verdict::Killed | Verdict::DoesNotCompile => true,
            // Of several alike, nobody can tell which a reason is for.
            Verdict::Survived => {
                let (file, change) = parts(name);
                let alike = self.0.iter().filter(|(other, verdict)| {
                    **verdict == Verdict::Survived && parts(other) == (file, change)
                });
                alike.count() <= reasons(file, change, explained)
            }
        }
    }

    /// Reads what cargo-mutants wrote in a folder, and keeps it there.
    pub(super) fn read(&mut self, folder: &Path) -> Result<()> {
        for (list, verdict) in LISTS {
            let path = folder.join("mutants.out").join(list);
            let names = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            for name in names.lines() {
                self.0.insert(name.to_owned(), verdict);
            }
        }
        let kept = folder.join(KEPT);
        fs::write(&kept, serde_json::to_vec(&self.0)?)
            .with_context(|| format!("cannot write {}", kept.display()))
    }

    /// Leaves those out of the next pass that no test can say more about.
    pub(super) fn leave_out_done(&self, folder: &Path, explained: &str) -> Result<()> {
        let names = self.0.keys().map(String::as_str);
        let done: Vec<&str> = names.filter(|name| self.is_done(name, explained)).collect();
        let path = folder.join(DONE);
        // Before its first pass cargo-mutants has no folder, and there is nothing to leave out.
        if done.is_empty() && !path.exists() {
            return Ok(());
        }
        fs::write(&path, done.join("\n"))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// A row a file, but for those of which a mutant survived that nobody has explained.
    pub(super) fn judged(&self, explained: &str) -> Result<Ending> {
        let mut files = BTreeMap::<&str, Tally>::new();
        let (mut survivors, mut not_tried) = (Vec::new(), Vec::new());
        let mut named = BTreeMap::new();
        for (name, verdict) in &self.0 {
            let (file, change) = parts(name);
            let tally = files.entry(file).or_default();
            match verdict {
                Verdict::Killed => tally.killed += 1,
                Verdict::DoesNotCompile => tally.unviable += 1,
                Verdict::Survived => {
                    // A reason is one mutant's: several of one name need several.
                    let alike = named.entry((file, change)).or_insert(0);
                    *alike += 1;
                    if *alike <= reasons(file, change, explained) {
                        tally.explained += 1;
                    } else {
                        survivors.push(name.clone());
                    }
                }
                Verdict::NotTried => not_tried.push(name.clone()),
            }
        }
        if files.is_empty() {
            bail!(
                "there was no mutant in those files; look at what --file says: it is a path from the root, or a glob"
            );
        }
        let row = |(file, tally): (&str, Tally)| {
            let Tally {
                killed,
                explained,
                unviable,
            } = tally;
            let result =
                format!("{killed} killed, {explained} explained, {unviable} do not compile");
            Row::new(format!("`{file}`"), result)
        };
        let open: Vec<&String> = survivors.iter().chain(&not_tried).collect();
        let is_open = |file: &str| open.iter().any(|name| parts(name).0 == file);
        let held = files.into_iter().filter(|(file, _)| !is_open(file));
        let rows = held.map(row).collect();
        Ok(match advice(&survivors, &not_tried) {
            None => Ending::Held(rows),
            Some(what) => Ending::Found(rows, what),
        })
    }
}

/// What to do about these, if there are any.
fn advice(survivors: &[String], not_tried: &[String]) -> Option<String> {
    let told = [
        (
            survivors,
            "no test sees these; write one, or say in xtask/mutants.txt why none can, and go on with \
             --resume:",
        ),
        (not_tried, "these were not tried; go on with --resume:"),
    ];
    let told = told.into_iter().filter(|(names, _)| !names.is_empty());
    let told = told.map(|(names, what)| format!("{what}\n{}", names.join("\n")));
    told.reduce(|one, other| format!("{one}\n{other}"))
}

/// The file, and what was changed in it, wherever that is.
fn parts(name: &str) -> (&str, &str) {
    let mut parts = name.splitn(4, ':');
    let file = parts.next().unwrap_or(name);
    (file, parts.nth(2).unwrap_or_default().trim())
}

/// How many lines have the file, a space, and what was changed. An indented line below says why.
fn reasons(file: &str, change: &str, explained: &str) -> usize {
    let meant = |line: &&str| line.strip_prefix(file).map(str::trim_start) == Some(change);
    explained.lines().filter(meant).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUTANT: &str = "chaos-core/src/a.rs:3:9: replace < with <= in f";
    const EXPLAINED: &str =
        "chaos-core/src/a.rs replace < with <= in f\n    Both are never equal.\n";

    fn one(verdict: Verdict) -> Verdicts {
        Verdicts([(MUTANT.to_owned(), verdict)].into())
    }

    #[test]
    fn a_survivor_is_a_failure_unless_it_is_explained() {
        for verdict in [Verdict::Survived, Verdict::NotTried] {
            let mut verdicts = one(verdict);
            let other = "chaos-core/src/b.rs:1:1: replace f with ()".to_owned();
            verdicts.0.insert(other, Verdict::Killed);
            let Ok(Ending::Found(rows, what)) = verdicts.judged("") else {
                panic!("{verdict:?}");
            };
            assert!(what.contains(MUTANT), "{what}");
            let files: Vec<&str> = rows.iter().map(|row| &*row.what).collect();
            assert_eq!(files, ["`chaos-core/src/b.rs`"]);
        }
        for (verdict, result) in [
            (Verdict::Survived, "0 killed, 1 explained, 0 do not compile"),
            (Verdict::Killed, "1 killed, 0 explained, 0 do not compile"),
            (
                Verdict::DoesNotCompile,
                "0 killed, 0 explained, 1 do not compile",
            ),
        ] {
            let Ok(Ending::Held(rows)) = one(verdict).judged(EXPLAINED) else {
                panic!("{verdict:?}");
            };
            assert_eq!(rows[0].result, result);
        }
    }

    #[test]
    fn a_reason_is_one_mutants() {
        let mut verdicts = one(Verdict::Survived);
        let alike = MUTANT.replace(":3:9:", ":4:9:");
        verdicts.0.insert(alike.clone(), Verdict::Survived);
        let Ok(Ending::Found(_, what)) = verdicts.judged(EXPLAINED) else {
            panic!("two for one");
        };
        assert!(what.contains(&alike) && !what.contains(MUTANT), "{what}");
        let Ok(Ending::Held(rows)) = verdicts.judged(&EXPLAINED.repeat(2)) else {
            panic!("two for two");
        };
        assert_eq!(rows[0].result, "0 killed, 2 explained, 0 do not compile");
    }

    #[test]
    fn a_later_pass_has_the_last_word_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("mutants.out");
        fs::create_dir(&out).unwrap();
        let write = |list: &str, text: &str| fs::write(out.join(list), text).unwrap();
        for (list, _) in LISTS {
            write(list, "");
        }
        write("missed.txt", &format!("{MUTANT}\n"));
        let mut verdicts =
            Verdicts::of_an_earlier_run(folder.path(), [MUTANT].into_iter()).unwrap();
        assert!(verdicts.ask_for_more(EXPLAINED));
        verdicts.read(folder.path()).unwrap();
        assert!(verdicts.ask_for_more(""));
        assert!(!verdicts.ask_for_more(EXPLAINED));
        let left_out = |verdicts: &Verdicts, explained: &str| {
            verdicts.leave_out_done(folder.path(), explained).unwrap();
            fs::read_to_string(folder.path().join(DONE)).unwrap()
        };
        assert_eq!(left_out(&verdicts, EXPLAINED), MUTANT);
        assert_eq!(left_out(&verdicts, ""), "");
        write("missed.txt", "");
        write("caught.txt", &format!("{MUTANT}\n"));
        verdicts.read(folder.path()).unwrap();
        assert!(!verdicts.ask_for_more(""));
        assert_eq!(left_out(&verdicts, ""), MUTANT);

        let names = [MUTANT, "another"];
        let resumed = Verdicts::of_an_earlier_run(folder.path(), names.into_iter()).unwrap();
        assert_eq!(resumed.0[MUTANT], Verdict::Killed);
        assert_eq!(resumed.0["another"], Verdict::NotTried);
    }

    #[test]
    fn what_is_explained_has_a_reason() {
        let lines: Vec<&str> = include_str!("../../../mutants.txt").lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("chaos-core/") {
                assert!(
                    lines.get(at + 1).is_some_and(|why| why.starts_with("    ")),
                    "{line}"
                );
            }
        }
    }
}
