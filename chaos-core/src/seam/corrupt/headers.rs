//! Headers: dropped, set, and the one that names the flags that fired.

use http::header::{CONTENT_LENGTH, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::engine::Announcement;
use crate::plan::{Corruption, insert_in_order, member};

/// The maps of a proxy's response in which headers stand.
const MAPS: [&str; 2] = ["headers", "multiValueHeaders"];

/// Names the flags in the headers of an `http::Response`.
pub(crate) fn announce(headers: &mut HeaderMap, announcement: &Announcement) {
    let inner = headers.get(&announcement.name);
    let value = announcement.after(inner.and_then(|value| value.to_str().ok()));
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(announcement.name.clone(), value);
    }
}

/// Drops and sets headers; how many were there and dropped.
pub(super) fn change(headers: &mut HeaderMap, fault: &Corruption) -> usize {
    let drop = fault.drop_headers.iter();
    let dropped = drop
        .filter(|name| headers.remove(name.as_str()).is_some())
        .count();
    for (name, value) in &fault.set_headers {
        // plan/ has checked both.
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    dropped
}

/// A length that is there must be the body's; where that is not known, there is none.
pub(super) fn fit_length(headers: &mut HeaderMap, length: Option<usize>) {
    if !headers.contains_key(CONTENT_LENGTH) {
        return;
    }
    match length {
        Some(length) => headers.insert(CONTENT_LENGTH, length.into()),
        None => headers.remove(CONTENT_LENGTH),
    };
}

// --- the same in a proxy's JSON ---------------------------------------------------------------

/// Drops and sets headers; how many were there and dropped.
pub(super) fn change_json(reply: &mut Map<String, Value>, fault: &Corruption) -> usize {
    let many = only_many(reply);
    let drop = fault.drop_headers.iter();
    let dropped = drop.filter(|name| remove(reply, name)).count();
    for (name, value) in &fault.set_headers {
        set(reply, name, value, many);
    }
    dropped
}

/// Whether the headers stand in `multiValueHeaders` alone, which is all that some load balancers
/// read.
fn only_many(reply: &Map<String, Value>) -> bool {
    let [single, many] = MAPS.map(|map| {
        let map = member(reply, map).and_then(Value::as_object);
        map.is_some_and(|map| !map.is_empty())
    });
    many && !single
}

fn remove(reply: &mut Map<String, Value>, name: &str) -> bool {
    let mut found = false;
    for map in MAPS {
        if let Some(Value::Object(headers)) = reply.get_mut(map) {
            let before = headers.len();
            headers.retain(|own, _| !own.eq_ignore_ascii_case(name));
            found |= headers.len() < before;
        }
    }
    if SET_COOKIE == name
        && let Some(Value::Array(cookies)) = reply.get_mut("cookies")
    {
        found |= !cookies.is_empty();
        cookies.clear();
    }
    found
}

fn set(reply: &mut Map<String, Value>, name: &str, value: &str, many: bool) {
    remove(reply, name);
    if SET_COOKIE.as_str().eq_ignore_ascii_case(name)
        && let Some(Value::Array(cookies)) = reply.get_mut("cookies")
    {
        cookies.push(value.into());
        return;
    }
    let (map, value) = if many {
        ("multiValueHeaders", json!([value]))
    } else {
        ("headers", json!(value))
    };
    let headers = reply.entry(map).or_insert(Value::Null);
    if !headers.is_object() {
        *headers = json!({});
    }
    headers[name] = value;
}

/// A length that is there must be the body's.
pub(super) fn fit_length_json(reply: &mut Map<String, Value>, length: usize) {
    let many = only_many(reply);
    let name = CONTENT_LENGTH.as_str();
    if remove(reply, name) {
        set(reply, name, &length.to_string(), many);
    }
}

/// Names the flags.
pub(super) fn announce_json(reply: &mut Map<String, Value>, announcement: &Announcement) {
    let name = announcement.name.as_str();
    let inner = values(reply).into_iter().find(|(own, _)| own == name);
    let value = announcement.after(inner.as_ref().and_then(|(_, values)| values[0].as_str()));
    let many = only_many(reply);
    set(reply, name, &value, many);
}

/// Whether headers stand in this field of a response, cookies among them.
pub(super) fn stand_in(field: &str) -> bool {
    field == "cookies" || MAPS.contains(&field)
}

/// Every header with its values, cookies among them, names in lower case and in order.
pub(super) fn values(reply: &Map<String, Value>) -> Vec<(String, Vec<&Value>)> {
    let maps = MAPS
        .iter()
        .filter_map(|map| member(reply, map)?.as_object());
    let headers = maps.flatten().map(|(name, value)| {
        let values = value
            .as_array()
            .map_or_else(|| vec![value], |many| many.iter().collect());
        (name.to_ascii_lowercase(), values)
    });
    let cookies = member(reply, "cookies").and_then(Value::as_array);
    let cookies = cookies.filter(|cookies| !cookies.is_empty());
    let cookies = cookies.map(|cookies| ("set-cookie".to_owned(), cookies.iter().collect()));
    let mut values = Vec::new();
    for header in headers
        .chain(cookies)
        .filter(|(_, values)| !values.is_empty())
    {
        insert_in_order(&mut values, header, |(name, _)| name.clone());
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_goes_where_the_others_are() {
        let fault = Corruption {
            drop_headers: vec!["x-own".to_owned(), "set-cookie".to_owned()],
            set_headers: vec![("X-New".to_owned(), "1".to_owned())],
            ..Corruption::default()
        };
        let mut many = json!({"multiValueHeaders": {"X-Own": ["a", "b"], "x-other": ["c"]},
            "headers": {}, "cookies": ["a=b"]});
        let many = many.as_object_mut().expect("an object");
        assert_eq!(change_json(many, &fault), 2);
        assert_eq!(
            Value::Object(many.clone()),
            json!({"multiValueHeaders": {"x-other": ["c"], "X-New": ["1"]}, "headers": {},
                "cookies": []})
        );
        let mut none = json!({"headers": null});
        let none = none.as_object_mut().expect("an object");
        assert_eq!(change_json(none, &fault), 0);
        assert_eq!(
            Value::Object(none.clone()),
            json!({"headers": {"X-New": "1"}})
        );
    }
}
