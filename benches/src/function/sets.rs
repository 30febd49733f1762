//! The sets of features that are measured.

/// A function with these features.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    /// What the table calls it.
    pub(crate) name: &'static str,
    /// The features of the package `chaos-benches-function`, with commas between.
    pub(crate) features: &'static str,
    /// The one that it is compared with, by its features, and how many bytes more than that it may
    /// have in the workspace's release profile.
    pub(crate) over: Option<(&'static str, u64)>,
    /// Whether chaos-core is compiled for size.
    pub(crate) small: bool,
    /// Whether it is left out where there is no time: clients take minutes to build. That of the
    /// default features is not.
    pub(crate) long: bool,
    /// How it is told of its document, if it is.
    pub(crate) document: Option<Document>,
}

/// Where the document is, for which it asks before its first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    AppConfigAgent,
    ParameterStore,
}

/// Neither chaos nor a client.
pub(crate) const BARE: &str = "";
/// Without chaos, with a client of DynamoDB, of Redis, of reqwest's, of hyper-util's.
const CLIENT: &str = "client";
const REDIS: &str = "redis_client";
const REQWEST: &str = "reqwest_client";
const TOWER: &str = "tower_client";
/// Without chaos, under `lambda_http`, and with a router of axum there.
const HTTP: &str = "http_handler";
const ROUTER: &str = "router";

const fn set(name: &'static str, features: &'static str) -> Set {
    Set {
        name,
        features,
        over: None,
        small: false,
        long: false,
        document: None,
    }
}

impl Set {
    const fn over(self, other: &'static str, budget: u64) -> Self {
        let over = Some((other, budget));
        Self { over, ..self }
    }

    const fn small(self) -> Self {
        let small = true;
        Self { small, ..self }
    }

    const fn long(self) -> Self {
        let long = true;
        Self { long, ..self }
    }

    const fn reads(self, document: Document) -> Self {
        let document = Some(document);
        Self { document, ..self }
    }
}

/// All of them. A budget is what was measured, and some tens of kilobytes for other compilers and
/// for what is mended.
pub(crate) const SETS: [Set; 22] = {
    use Document::{AppConfigAgent, ParameterStore};
    [
        set("without chaos-core", BARE),
        set("`inject`, `lambda`", "chaos").over(BARE, 650_000),
        set("`inject`, `lambda`, `extension`", "extension")
            .over(BARE, 750_000)
            .reads(AppConfigAgent),
        set("the same, chaos-core with `opt-level = \"s\"`", "extension")
            .over(BARE, 670_000)
            .small()
            .reads(AppConfigAgent),
        set(
            "`inject`, `lambda`, with a point beside the handler",
            "point",
        )
        .over("chaos", 33_000)
        .long(),
        set("`inject`, `lambda`, with two points more", "points")
            .over("point", 31_000)
            .long(),
        set("`inject`, `lambda`, `dns`", "dns")
            .over("chaos", 33_000)
            .long(),
        set("without chaos-core, a handler of lambda_http", HTTP).long(),
        set("`inject`, `lambda_http`, that handler", "lambda_http")
            .over(HTTP, 680_000)
            .long(),
        set("without chaos-core, a router of axum there", ROUTER).long(),
        set(
            "`inject`, `lambda_http`, `axum`, a point at a route",
            "axum",
        )
        .over(ROUTER, 700_000)
        .long(),
        set("without chaos-core, with a Redis client", REDIS).long(),
        set("`inject`, `lambda`, `redis`, with that client", "redis")
            .over(REDIS, 710_000)
            .long(),
        set("without chaos-core, with reqwest", REQWEST).long(),
        set("`inject`, `lambda`, `reqwest`, with that client", "reqwest")
            .over(REQWEST, 800_000)
            .long(),
        set("without chaos-core, with hyper-util's client", TOWER).long(),
        set(
            "`inject`, `lambda`, `hyper_util`, with that client",
            "hyper_util",
        )
        .over(TOWER, 810_000)
        .long(),
        set("`inject`, `lambda`, `ssm`", "ssm")
            .over(BARE, 6_860_000)
            .reads(ParameterStore),
        set("without chaos-core, with a DynamoDB client", CLIENT).long(),
        set("`inject`, `lambda`, `ssm`, with that client", "client,ssm")
            .over(CLIENT, 2_050_000)
            .long()
            .reads(ParameterStore),
        set(
            "`inject`, `lambda`, `ssm`, `aws`, with that client",
            "aws,ssm",
        )
        .over(CLIENT, 2_200_000)
        .long()
        .reads(ParameterStore),
        set("all features, with that client", "all")
            .over(CLIENT, 2_350_000)
            .long()
            .reads(AppConfigAgent),
    ]
};

#[cfg(test)]
mod tests {
    use super::SETS;

    #[test]
    fn what_a_set_is_compared_with_is_measured_before_it() {
        for (n, set) in SETS.iter().enumerate() {
            let Some((other, _)) = set.over else {
                continue;
            };
            let before = SETS[..n].iter().find(|set| set.features == other);
            let before = before.unwrap_or_else(|| panic!("{}: `{other}` is missing", set.name));
            assert!(before.long <= set.long, "{}", set.name);
        }
    }
}
