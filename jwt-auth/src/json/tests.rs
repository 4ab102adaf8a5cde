use super::*;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

fn reads(text: &str) -> bool {
    Object::read(text).is_ok()
}

#[test]
fn members_are_given_in_order_with_their_texts() {
    let text = r#" { "a" : 1 , "b":[1,{"x":"}"}], "\u0063":"s\"t" ,"d":{}} "#;
    let object = Object::read(text).expect("good");
    let members: Vec<_> = object.members(text).collect();
    assert_eq!(members, [("a", "1"), ("b", r#"[1,{"x":"}"}]"#), (r"\u0063", r#""s\"t""#), ("d", "{}")]);
    assert_eq!(object.get(text, "c"), Some(r#""s\"t""#));
    assert_eq!(object.get(text, r"\u0063"), None);
}

#[test]
fn names_must_differ_after_decoding_at_every_level() {
    for text in [
        r#"{"sub":1,"sub":2}"#,
        r#"{"sub":1,"s\u0075b":2}"#,
        r#"{"a":{"x":1,"y":2,"\u0078":3}}"#,
        r#"{"a":[[{"x":1,"x":1}]]}"#,
        r#"{"":1,"":2}"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        r#"{"a\/b":1,"a/b":2}"#,
        r#"{"permission_one":1,"permission_two":2,"permission_one":3}"#,
    ] {
        assert!(!reads(text), "{text}");
    }
    for text in [
        r#"{"sub":1,"SUB":2}"#,
        r#"{"a":{"x":1},"b":{"x":1},"x":[{"x":1},{"x":1}]}"#,
        r#"{"permission_one":1,"permission_two":2}"#,
        r#"{"a\\b":1,"a\u005cu0062":2}"#,
    ] {
        assert!(reads(text), "{text}");
    }
}

#[test]
fn many_members_are_told_apart_and_kept() {
    let members: Vec<String> = (0..500).map(|n| format!(r#""name-{n:03}":{n}"#)).collect();
    let text = format!("{{{}}}", members.join(","));
    let object = Object::read(&text).expect("good");
    assert_eq!(object.members(&text).count(), 500);
    assert_eq!(object.get(&text, "name-499"), Some("499"));

    let repeated = format!("{{{},\"name-007\":0}}", members.join(","));
    assert!(!reads(&repeated));
    assert!(!reads(&format!("{{\"inner\":{repeated}}}")));
    assert!(reads(&format!("{{\"inner\":{text}}}")));
}

#[test]
fn nesting_ends_at_32_levels() {
    let arrays = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let objects = |n: usize| format!("{}1{}", "{\"a\":".repeat(n), "}".repeat(n));
    assert!(reads(&arrays(31)) && reads(&objects(32)));
    assert!(!reads(&arrays(32)) && !reads(&objects(33)));
    assert!(!reads(&"{\"a\":".repeat(100_000)));
}

#[test]
fn what_is_not_one_object_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "[]",
        "1",
        "null",
        "\"a\"",
        "{}{}",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":1e400}",
        "{\"a\":tru}",
        "{\"a\":1/**/}",
        "\u{feff}{}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ude00\\ud83d\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":[1}",
        "{\"a\":{]}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1 2]}",
        "{\"a\":--1}",
        "{\"a\":-}",
    ] {
        assert!(!reads(text), "{text}");
    }
}

#[test]
fn strings_of_an_array() {
    let strings = |text| {
        let mut found = Vec::new();
        each_string(text, |text| found.push(text)).then_some(found)
    };
    assert_eq!(strings(r#"[ "a" , "b\"" ]"#), Some(vec!["a", r#"b\""#]));
    assert_eq!(strings("[ ]"), Some(vec![]));
    for not in ["1", "\"a\"", "[1]", r#"["a",1]"#, r#"["a",["b"]]"#, "{}"] {
        assert_eq!(strings(not), None, "{not}");
    }
}

/// serde_json's opinion: a JSON object whose names differ at every level and which is not nested too deep.
fn serde_reads(text: &str) -> bool {
    struct Strict;

    impl<'de> serde::de::DeserializeSeed<'de> for Strict {
        type Value = u32;
        fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<u32, D::Error> {
            from.deserialize_any(self)
        }
    }

    impl<'de> serde::de::Visitor<'de> for Strict {
        type Value = u32;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("JSON")
        }
        fn visit_bool<E>(self, _: bool) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_i64<E>(self, _: i64) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_u64<E>(self, _: u64) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_f64<E>(self, _: f64) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_str<E>(self, _: &str) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_unit<E>(self) -> Result<u32, E> {
            Ok(0)
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<u32, A::Error> {
            let mut deepest = 0;
            while let Some(depth) = seq.next_element_seed(Strict)? {
                deepest = deepest.max(depth);
            }
            Ok(deepest + 1)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<u32, A::Error> {
            let mut names = std::collections::HashSet::new();
            let mut deepest = 0;
            while let Some(name) = map.next_key::<String>()? {
                if !names.insert(name) {
                    return Err(serde::de::Error::custom("repeated"));
                }
                deepest = deepest.max(map.next_value_seed(Strict)?);
            }
            Ok(deepest + 1)
        }
    }

    let mut from = serde_json::Deserializer::from_str(text);
    let depth = serde::de::DeserializeSeed::deserialize(Strict, &mut from);
    from.end().is_ok()
        && depth.is_ok_and(|depth| depth <= MAX_DEPTH)
        && text.trim_start_matches([' ', '\n', '\r', '\t']).starts_with('{')
}

fn agree(text: &str) {
    let object = Object::read(text);
    assert_eq!(object.is_ok(), serde_reads(text), "{text}");
    let Ok(object) = object else { return };
    let expected: HashMap<String, Box<RawValue>> = serde_json::from_str(text).expect("both accept it");
    assert_eq!(object.members(text).count(), expected.len());
    for (name, value) in object.members(text) {
        let name: String = decode(name).collect();
        assert_eq!(expected[&name].get(), value, "{text}");
        assert_eq!(object.get(text, &name), Some(value));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[abé\"\\\\/ ]{0,3}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn agrees_with_serde_on_json(value in any_json()) {
        agree(&format!("{{\"value\":{value}}}"));
        agree(&value.to_string());
        agree(&format!("{value:#}"));
    }

    #[test]
    fn agrees_with_serde_on_damaged_json(value in any_json(), at in any::<prop::sample::Index>(), put in "[{}\\[\\]\",:\\\\u0-9a-f.eE+ -]{0,2}") {
        let text = format!("{{\"value\":{value},\"a\":1}}");
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let place = *at.get(&places);
        agree(&format!("{}{put}{}", &text[..place], &text[place..]));
        let rest = text[place..].chars().next().map_or(0, char::len_utf8);
        agree(&format!("{}{put}{}", &text[..place], &text[place + rest..]));
    }

    #[test]
    fn agrees_with_serde_on_soup(text in "\\{[{}\\[\\]\",:\\\\u0-9a-b.eE+ \n-]{0,40}") {
        agree(&text);
    }

    #[test]
    fn agrees_with_serde_on_repeated_and_escaped_names(names in prop::collection::vec("[ab]{0,2}|\\\\u006[1-3]|\\\\/|/|\\\\ud83d\\\\ude00|😀", 0..5), inner in prop::collection::vec("[ab]|\\\\u006[12]", 0..4)) {
        let inner: Vec<String> = inner.iter().map(|name| format!("\"{name}\":[]")).collect();
        let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":[{{{}}}]", inner.join(","))).collect();
        agree(&format!("{{{}}}", members.join(",")));
    }

    #[test]
    fn decoding_agrees_with_serde(text in any::<String>(), other in any::<String>()) {
        let written = Value::from(text.as_str()).to_string();
        let raw = as_string(&written).expect("a string");
        prop_assert_eq!(decode(raw).collect::<String>(), text.clone());
        prop_assert!(same_text(raw, &text));
        prop_assert_eq!(same_text(raw, &other), text == other);
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        prop_assert!(same_text(&escaped, &text));
    }
}

#[test]
fn a_fraction_lies_between_two_whole_numbers() {
    for (value, around) in [
        ("5", Some((5, 5))),
        ("-5", Some((-5, -5))),
        ("5.0", Some((5, 5))),
        ("-5.000", Some((-5, -5))),
        ("5.000001", Some((5, 6))),
        ("0.5", Some((0, 1))),
        ("-0.5", Some((-1, 0))),
        ("-5.5", Some((-6, -5))),
        ("1800000000.387841", Some((1_800_000_000, 1_800_000_001))),
        ("9223372036854775807", Some((i64::MAX, i64::MAX))),
        ("9223372036854775807.5", None),
        ("9223372036854775808.5", None),
        ("1e9", None),
        ("1.8e9", None),
        ("1.8E+9", None),
        ("null", None),
        ("\"5.5\"", None),
        ("true", None),
    ] {
        assert_eq!(whole_around(value), around, "{value}");
    }
}
