//! Small damage to JSON documents, the same for the same seed: what senders get wrong, and what nobody would think of.

use serde_json::{Map, Value, json};

/// Numbers that follow from a seed (splitmix64), so that a failure can be repeated.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn word(&mut self, from: &'static str, separator: char) -> &'static str {
        let words: Vec<&str> = from.split(separator).collect();
        words[self.below(words.len())]
    }
}

/// Names of the standard, to stand where they do not belong.
const NAMES: &str = "@context id type schemaVersion creationDate instanceIdentifier sender receiver epcisHeader \
    epcisMasterData \
    vocabularyList vocabularyElementList attributes attribute children epcisBody queryResults queryName \
    subscriptionID resultsBody eventList eventTime recordTime eventTimeZoneOffset eventID certificationInfo \
    errorDeclaration declarationTime reason correctiveEventIDs epcList quantityList epcClass quantity uom action \
    bizStep disposition persistentDisposition set unset readPoint bizLocation bizTransactionList bizTransaction \
    sourceList source destinationList destination sensorElementList sensorMetadata sensorReport time startTime \
    endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules exception microorganism \
    chemicalSubstance coordinateReferenceSystem value component stringValue booleanValue hexBinaryValue uriValue \
    minValue maxValue meanValue sDev percRank percValue ilmd parentID childEPCs childQuantityList inputEPCList \
    inputQuantityList outputEPCList outputQuantityList transformationID";

/// Texts to stand where others stood: words of all lists, times, offsets, URIs, good and bad.
const TEXTS: &str = "EPCISDocument|EPCISQueryDocument|ObjectEvent|AggregationEvent|TransactionEvent|\
    TransformationEvent|\
    AssociationEvent|objectEvent|OBJECTEVENT|QuantityEvent|ex:Event|ADD|OBSERVE|DELETE|add|Observe|packing|\
    Packing|PACKING|shipping|in_transit|in transit|active|po|desadv|owning_party|location|incorrect_data|\
    Temperature|temperature|ALARM_CONDITION|latitude|x|urn:epcglobal:cbv:bizstep:packing|\
    https://ns.gs1.org/cbv/BizStep-packing|https://ref.gs1.org/cbv/BizStep-packing|\
    http://ns.gs1.org/cbv/Disp-active|https://gs1.org/voc/Temperature|https://www.gs1.org/voc/Temperature|\
    gs1:Temperature|cbv:BizStep-packing|KGM|kgm|K|KILO|CEL|2N|2.0|2|2.|v2|2.0.0|2026-06-14T16:20:00+07:00|\
    2026-06-14T16:20:00|2026-06-14T16:20:00Z|2026-06-14t16:20:00z|2026-06-14 16:20:00Z|2026-06-14T16:20Z|\
    2026-06-14|2026-13-14T16:20:00Z|2026-02-30T16:20:00Z|2024-02-29T16:20:00Z|2026-06-14T24:00:00Z|\
    2016-12-31T23:59:60Z|2026-06-14T16:20:00.123456789Z|2026-06-14T16:20:00+0700|2026-06-14T16:20:00+25:00|\
    +07:00|+7:00|07:00|-13:59|+14:00|+14:01|-14:00|+07:60|Z|+0700|| |urn:epc:id:sgtin:4012345.011111.9876|\
    urn:epc:id|urn:|urn|http://|http://a b/|https://id.gs1.org/01/04012345123456?x=[1]|http://[::1]/|\
    http://[::1|http://a:b/|http://ví.dụ/|ex:a%2|ex:a%2F|my_ns:name|1x:name|ex:|:x|#x|@id|//id.gs1.org/01|\
    geo:21.02,105.85|ni:///sha-256;df7b?ver=CBV2.0|urn:a^b|urn:a`b|urn:a\\b|urn:<a>|urn:a#b#c|ABCDEF0123456789|\
    XYZ|0|-1|true|null|\u{0}|urn:a\nb";

/// Does one to three small harms to `document` and says which.
pub fn mutate(document: &mut Value, dice: &mut Dice) -> String {
    let times = 1 + usize::from(dice.below(4) == 0) + usize::from(dice.below(8) == 0);
    let done: Vec<String> = (0..times).map(|_| mutate_once(document, dice)).collect();
    done.join(", then ")
}

fn mutate_once(document: &mut Value, dice: &mut Dice) -> String {
    let mut pointers = Vec::new();
    collect_pointers(document, String::new(), &mut pointers);
    let pointer = dice.pick(&pointers).clone();
    let other = dice.pick::<String>(&pointers);
    let other = document.pointer(other).cloned().unwrap_or_default();
    if pointer.is_empty() {
        let done = harm_object(document, dice);
        return format!("{done} of the document");
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    let kind = dice.below(12);
    let done = match document.pointer_mut(parent) {
        Some(Value::Object(map)) if kind < 4 => harm_field(map, &name, dice),
        Some(Value::Array(items)) if kind < 4 => harm_item(items, name.parse().unwrap(), dice),
        _ => {
            let value = document.pointer_mut(&pointer).unwrap();
            if kind == 4 {
                *value = other;
                "put another value of the document".to_owned()
            } else {
                harm_value(value, dice)
            }
        }
    };
    format!("{done} at {pointer}")
}

fn collect_pointers(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                collect_pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect_pointers(value, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

/// Takes a field away, or gives it another name, or a second one.
fn harm_field(map: &mut Map<String, Value>, name: &str, dice: &mut Dice) -> String {
    let new_name = match dice.below(8) {
        0 => format!("{name}x"),
        1 => name.to_uppercase(),
        2 => format!("ex:{name}"),
        3 => format!("@{name}"),
        4 => format!("my_ns:{name}"),
        5 => name.trim_end_matches('s').replace(':', ""),
        _ => dice.word(NAMES, ' ').to_owned(),
    };
    match dice.below(3) {
        0 => {
            map.shift_remove(name);
            "removed the field".to_owned()
        }
        1 => {
            let value = map.shift_remove(name).unwrap_or_default();
            let done = format!("renamed to `{new_name}`");
            map.insert(new_name, value);
            done
        }
        _ => {
            let value = map.get(name).cloned().unwrap_or_default();
            let done = format!("repeated as `{new_name}`");
            map.insert(new_name, value);
            done
        }
    }
}

fn harm_item(items: &mut Vec<Value>, index: usize, dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => {
            items.remove(index);
            "removed the item"
        }
        1 => {
            items.push(items[index].clone());
            "repeated the item"
        }
        2 => {
            items.insert(index, Value::Null);
            "put null before the item"
        }
        3 => {
            let item = items[index].take();
            items[index] = json!([item]);
            "put a list around the item"
        }
        _ => {
            items.truncate(index);
            "cut the list off"
        }
    }
    .to_owned()
}

fn harm_value(value: &mut Value, dice: &mut Dice) -> String {
    if dice.below(3) == 0 {
        return replace(value, dice);
    }
    match value {
        Value::String(text) => harm_text(text, dice),
        Value::Object(_) => harm_object(value, dice),
        Value::Array(items) => {
            if items.is_empty() || dice.below(2) == 0 {
                items.clear();
                return "emptied the list".to_owned();
            }
            let index = dice.below(items.len());
            harm_item(items, index, dice)
        }
        Value::Number(_) => {
            let numbers =
                &["-1", "0", "-0", "1.0", "1e3", "1E-7", "123456789012345678901234567890", "1e400", "-2.50", "0.1"][..];
            let number = *dice.pick::<&str>(numbers);
            *value = serde_json::from_str(number).unwrap();
            format!("put the number {value}")
        }
        Value::Bool(_) | Value::Null => replace(value, dice),
    }
}

/// Puts a value of another kind.
fn replace(value: &mut Value, dice: &mut Dice) -> String {
    let old = value.take();
    *value = match dice.below(9) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(1),
        3 => json!(""),
        4 => json!([]),
        5 => json!({}),
        6 => json!([old]),
        7 => json!({ "id": old }),
        _ => match old {
            Value::String(_) => json!(1.5),
            other => Value::String(other.to_string()),
        },
    };
    let text = value.to_string();
    format!("put {}", text.chars().take(40).collect::<String>())
}

fn harm_text(text: &mut String, dice: &mut Dice) -> String {
    let at = text.char_indices().map(|(at, _)| at).nth(dice.below(text.chars().count())).unwrap_or(0);
    match dice.below(7) {
        0 => *text = text.to_uppercase(),
        1 => *text = text.to_lowercase(),
        2 => text.truncate(at),
        3 if !text.is_empty() => drop(text.remove(at)),
        4 => text
            .insert(at, *dice.pick(&[' ', '%', '[', '#', ':', '/', 'é', '_', '^', '0', 'T', '.', '+', '@', '\u{7f}'])),
        _ => dice.word(TEXTS, '|').clone_into(text),
    }
    format!("wrote {text:?}")
}

/// Adds a field to an object, known or unknown.
fn harm_object(value: &mut Value, dice: &mut Dice) -> String {
    let Value::Object(map) = value else { return replace(value, dice) };
    if dice.below(6) == 0 {
        map.clear();
        return "emptied the object".to_owned();
    }
    let name = match dice.below(3) {
        0 => dice.word(NAMES, ' '),
        1 => *dice.pick(&[
            "extra",
            "ex:extra",
            "https://ex.example/extra",
            "@id",
            "#text",
            "rdfs:comment",
            "comment",
            "",
        ]),
        _ => dice.word(TEXTS, '|'),
    };
    let texts = json!(dice.word(TEXTS, '|'));
    let value = [json!(1), json!(null), json!([]), json!({}), texts.clone(), json!([texts, "urn:x:y"])];
    map.insert(name.to_owned(), dice.pick(&value).clone());
    format!("added `{name}`")
}
