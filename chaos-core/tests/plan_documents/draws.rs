//! Which calls are counted, and what they draw.

use super::*;

#[test]
fn calls_are_counted_after_the_first() {
    let counted = |attributes: Value| -> Vec<u64> {
        let trigger = sound(&flag(&attributes)).flags[0].trigger.clone();
        (0..=9).filter(|nth| trigger.counts(*nth)).collect()
    };
    assert_eq!(counted(json!({})), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(counted(json!({ "skip_first": 7 })), [8, 9]);
    assert_eq!(counted(json!({ "every": 4 })), [4, 8]);
    assert_eq!(counted(json!({ "every": 3, "skip_first": 2 })), [5, 8]);
    assert_eq!(
        counted(json!({ "skip_first": u64::MAX })),
        Vec::<u64>::new()
    );
}

#[test]
fn zero_never_hits_and_a_hundred_always() {
    let trigger = |percentage: f64| {
        sound(&flag(&json!({ "percentage": percentage }))).flags[0]
            .trigger
            .clone()
    };
    let greatest = 1.0 - f64::EPSILON / 2.0;
    assert!(!trigger(0.0).hits(0.0));
    assert!(trigger(100.0).hits(greatest));
    assert!(trigger(0.001).hits(0.000_009) && !trigger(0.001).hits(0.000_011));
}

/// The hash is part of the format: these numbers never change.
#[test]
fn pinned_draws_stay_as_they_are() {
    let draws = [
        (Trigger::pinned_draw("latency", "customer-1"), PINNED[0]),
        (Trigger::pinned_draw("latency", ""), PINNED[1]),
        (Trigger::pinned_draw("", "grün"), PINNED[2]),
    ];
    for (draw, expected) in draws {
        assert_eq!(draw.to_bits(), expected, "{draw} {:#x}", draw.to_bits());
    }
    assert_ne!(
        Trigger::pinned_draw("ab", "c").to_bits(),
        Trigger::pinned_draw("a", "bc").to_bits(),
        "where the name ends matters",
    );
    let long = |length, last| Trigger::pinned_draw("a", &("x".repeat(length) + last)).to_bits();
    assert_ne!(long(4095, "b"), long(4095, "c"));
    assert_eq!(long(4096, "b"), long(4096, "c"), "4096 bytes are hashed");
}

#[test]
fn pinned_draws_are_spread_evenly_and_flags_are_independent() {
    let keys: Vec<String> = (0..100_000).map(|n| format!("customer-{n}")).collect();
    let share = |hit: &dyn Fn(&str) -> bool| {
        let hits = keys.iter().filter(|key| hit(key)).count();
        f64::from(u32::try_from(hits).expect("a count")) / 1_000.0
    };
    for percent in [1.0, 5.0, 50.0, 95.0] {
        let hit = share(&|key| Trigger::pinned_draw("latency", key) * 100.0 < percent);
        assert!((hit - percent).abs() < 0.5, "{percent} % are {hit} %");
    }
    let both = share(&|key| {
        ["a", "b"]
            .iter()
            .all(|flag| Trigger::pinned_draw(flag, key) < 0.05)
    });
    assert!((both - 0.25).abs() < 0.1, "two flags at 5 % share {both} %");
}

/// The bits of the draws, computed apart from this code.
const PINNED: [u64; 3] = [
    0x3fd5_585b_eeb5_c498,
    0x3fe2_3555_3596_2ee6,
    0x3fbb_eecf_77e0_75c0,
];
