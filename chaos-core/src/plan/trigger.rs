//! Which of the calls that a flag concerns are hit.

use std::time::SystemTime;

/// When a flag strikes: how often, which calls, between which times.
///
/// ```
/// use chaos_core::plan;
///
/// let reading = plan::read(
///     r#"{ "latency": { "enabled": true, "min_latency": 50, "skip_first": 1, "every": 2 } }"#,
/// );
/// let trigger = &reading.plan.flags[0].trigger;
///
/// let counted: Vec<u64> = (1..=7).filter(|&nth| trigger.counts(nth)).collect();
/// assert_eq!(counted, [3, 5, 7]);
/// assert!(trigger.hits(0.999), "percentage is 100 unless written");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trigger {
    /// How many of 100 calls are hit, 0 to 100, decimals allowed; 100 unless written.
    pub percentage: f64,
    /// What the roll of `percentage` is taken from; at random unless written.
    pub by: Option<By>,
    /// Each n-th call only, counted after `skip_first`; at least 1.
    pub every: Option<u64>,
    /// So many calls are let through first.
    pub skip_first: u64,
    /// At most so many injections; at least 1. What was not injected after all does not count.
    pub limit: Option<u64>,
    /// Nothing before this time.
    pub starts_at: Option<SystemTime>,
    /// Nothing from this time on.
    pub expires_at: Option<SystemTime>,
}

impl Default for Trigger {
    fn default() -> Self {
        Self {
            percentage: 100.0,
            by: None,
            every: None,
            skip_first: 0,
            limit: None,
            starts_at: None,
            expires_at: None,
        }
    }
}

impl Trigger {
    /// Whether `now` is between `starts_at` (included) and `expires_at` (excluded).
    pub fn window_open(&self, now: SystemTime) -> bool {
        self.starts_at.is_none_or(|start| start <= now)
            && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether the flag may strike at the `nth` of the calls that it concerns, counted from 1:
    /// the first `skip_first` are let through, and of the rest each `every`-th counts.
    pub fn counts(&self, nth: u64) -> bool {
        match nth.checked_sub(self.skip_first) {
            None | Some(0) => false,
            Some(rest) => self
                .every
                .is_none_or(|every| rest.checked_rem(every) == Some(0)),
        }
    }

    /// Whether a draw from 0 (included) to 1 (excluded) hits: `percentage` 0 never does, 100
    /// always.
    pub fn hits(&self, draw: f64) -> bool {
        draw * 100.0 < self.percentage
    }

    /// The draw, from 0 to 1, that `by` gives a value: the same for the same flag name and value
    /// everywhere and for ever.
    ///
    /// It is part of the document format. The 64-bit FNV-1a hash of the flag's name, the byte
    /// 0xFF and the value's first 4096 bytes is mixed by the finaliser of `MurmurHash3` (`fmix64`); its
    /// upper 53 bits are the draw's.
    pub fn pinned_draw(flag: &str, value: &str) -> f64 {
        let name = flag.bytes();
        let value = value.bytes().take(HASHED);
        let hash = name
            .chain([0xFF])
            .chain(value)
            .fold(FNV_OFFSET, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
            });
        unit_interval(mix(hash))
    }
}

/// So many bytes of a value are hashed, since an event may bring millions.
const HASHED: usize = 4096;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits fit into an f64 without loss"
)]
fn unit_interval(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// What the roll of a percentage is taken from, instead of at random; at most 4096 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// The value at this path of the event (see [`text_at`](super::text_at)).
    Event(String),
    /// The value of the label of this name, written as `label:NAME`.
    Label(String),
}

/// Whether a fault strikes before or after the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The work is not done.
    #[default]
    Before,
    /// The work is done, then it fails.
    After,
}
