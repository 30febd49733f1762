//! The tour: a function on a stage, steps that change its document, and a judge of what comes
//! back.

mod disk;
mod judge;
mod log;
mod outcome;
mod row;
mod stage;
mod steps;
mod table;
mod visit;

use serde_json::Value;

pub(crate) use self::stage::Stage;
pub(crate) use self::table::Table;
pub(crate) use self::visit::Visit;

/// A request as API Gateway hands it to a function behind an HTTP API (payload version 2.0).
pub(crate) fn event() -> Value {
    serde_json::from_str(include_str!("event.json")).expect("the file is JSON")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_event_is_one_of_api_gateway() {
        let event = super::event();
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["requestContext"]["http"]["method"], "GET");
    }
}
