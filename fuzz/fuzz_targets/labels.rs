//! Globs over points, labels and `by`: each call is judged as a second, simpler reading of the
//! document says.
#![no_main]

use arbitrary::{Result, Unstructured};
use chaos_core::plan::{self, Trigger};
use chaos_core::simulate::{Call, HeldBack, Outcome, Simulation};
use chaos_fuzz::document::text;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const NAMES: &[&str] = &["a", "b", "tenant", "lambda.function", "é", "", "label:a"];
const VALUES: &[&str] = &["a", "b", "", "é", "A"];
const PIECES: &[&str] = &["*", "a", "b", ".", "**", "ü", "aa"];

fuzz_target!(|data: &[u8]| {
    // Too few bytes, or too many for what is drawn from them.
    let _ = judged(&mut Unstructured::new(data));
});

struct Asked {
    globs: Vec<String>,
    labels: Vec<(String, Vec<String>)>,
    by: Option<String>,
    percentage: u8,
}

fn judged(u: &mut Unstructured<'_>) -> Result<()> {
    let asked = asked(u)?;
    let reading = plan::read_value(&asked.document());
    let Some(flag) = reading.plan.flags.first() else {
        return Ok(());
    };
    let name = flag.name.clone();
    let simulation = Simulation::new(reading.plan);
    for _ in 0..u.int_in_range(1..=3)? {
        let point = joined(u)?;
        let mut labels = Vec::new();
        for _ in 0..u.int_in_range(0..=3)? {
            labels.push((text(u, NAMES)?, text(u, VALUES)?));
        }
        let call = labels
            .iter()
            .fold(Call::point(&point), |call, (name, value)| {
                call.label(name, value)
            });
        let [outcome] = simulation.call(&call)[..] else {
            panic!("one flag, one outcome");
        };
        let expected = asked.expected(&name, &point, &labels);
        match outcome {
            Outcome::Strikes { .. } => assert_eq!(expected, None, "{}", asked.document()),
            Outcome::HeldBack(why) => assert_eq!(expected, Some(why), "{}", asked.document()),
            _ => {}
        }
    }
    Ok(())
}

fn asked(u: &mut Unstructured<'_>) -> Result<Asked> {
    let mut globs = Vec::new();
    for _ in 0..u.int_in_range(1..=3)? {
        globs.push(joined(u)?);
    }
    let mut labels: Vec<(String, Vec<String>)> = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let name = text(u, NAMES)?;
        if labels.iter().any(|(there, _)| *there == name) {
            continue;
        }
        let mut values = Vec::new();
        for _ in 0..u.int_in_range(1..=3)? {
            values.push(text(u, VALUES)?);
        }
        labels.push((name, values));
    }
    let by = if u.arbitrary()? {
        Some(text(u, NAMES)?)
    } else {
        None
    };
    let percentage = match by {
        Some(_) => u.int_in_range(0..=100)?,
        None => 100,
    };
    Ok(Asked {
        globs,
        labels,
        by,
        percentage,
    })
}

/// A glob, or a name that one may match.
fn joined(u: &mut Unstructured<'_>) -> Result<String> {
    let mut joined = String::new();
    for _ in 0..u.int_in_range(0..=6)? {
        joined += &text(u, PIECES)?;
    }
    Ok(joined)
}

impl Asked {
    fn document(&self) -> Value {
        let labels: serde_json::Map<_, _> = self
            .labels
            .iter()
            .map(|(name, values)| (name.clone(), json!(values)))
            .collect();
        let mut flag = json!({ "enabled": true, "percentage": self.percentage,
                               "point": self.globs, "labels": labels });
        if let Some(by) = &self.by {
            flag["by"] = format!("label:{by}").into();
        }
        json!({ "exception": flag })
    }

    /// Why the flag does not strike, if it does not.
    fn expected(&self, flag: &str, point: &str, labels: &[(String, String)]) -> Option<HeldBack> {
        if !self.globs.iter().any(|glob| matches(glob, point)) {
            return Some(HeldBack::Point);
        }
        let has = |name: &str, allowed: &[String]| {
            let mut values = labels.iter().filter(|(there, _)| there == name);
            values.any(|(_, value)| allowed.contains(value))
        };
        if !self.labels.iter().all(|(name, allowed)| has(name, allowed)) {
            return Some(HeldBack::Label);
        }
        let hit = match &self.by {
            None => true,
            Some(by) => labels
                .iter()
                .filter(|(name, _)| name == by)
                .any(|(_, value)| {
                    Trigger::pinned_draw(flag, value) * 100.0 < f64::from(self.percentage)
                }),
        };
        (!hit).then_some(HeldBack::Percentage)
    }
}

/// Which characters of the name each part of the glob can have reached.
fn matches(glob: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for part in glob.chars() {
        if part == '*' {
            for at in 1..reached.len() {
                reached[at] |= reached[at - 1];
            }
        } else {
            for at in (1..reached.len()).rev() {
                reached[at] = reached[at - 1] && name[at - 1] == part;
            }
            reached[0] = false;
        }
    }
    reached[name.len()]
}
