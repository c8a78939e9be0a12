//! Sensor data of an event: elements, each with its metadata and reports (EPCIS 2.0 section 7.3.7).

use serde_json::{Map, Number, Value};

use super::reader::{KeyOrder, ObjectReader, ObjectWriter};
use super::rule::Rule;
use super::types::{Timestamp, Word};
use super::uri::Uri;
use super::violation::Violations;
use super::vocabulary::Vocabulary;

/// One measuring: what was measured by whom, and the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensorElement {
    /// What holds for all reports of the element.
    pub metadata: Option<SensorMetadata>,
    /// The values; at least one.
    pub reports: Vec<SensorReport>,
    /// Fields outside the standard.
    pub extensions: Map<String, Value>,
    order: KeyOrder,
}

/// When, by which device and by which rules a sensor element was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SensorMetadata {
    /// The time of a single measuring.
    pub time: Option<Timestamp>,
    /// The start of a span.
    pub start_time: Option<Timestamp>,
    /// The end of a span.
    pub end_time: Option<Timestamp>,
    /// Which device, and where its data and rules are.
    pub device: Device,
    /// Fields outside the standard.
    pub extensions: Map<String, Value>,
    order: KeyOrder,
}

/// The five links that metadata and reports share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The device.
    pub id: Option<Uri>,
    /// Where it is described.
    pub metadata: Option<Uri>,
    /// Where its raw data are.
    pub raw_data: Option<Uri>,
    /// How the data were processed.
    pub processing_method: Option<Uri>,
    /// By which business rules.
    pub biz_rules: Option<Uri>,
}

/// One value or a summary of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensorReport {
    /// What was measured.
    pub kind: Word,
    /// An alarm or error state.
    pub exception: Option<Word>,
    /// The device, when it differs from the metadata's.
    pub device: Device,
    /// When, if it differs from the metadata's.
    pub time: Option<Timestamp>,
    /// The microorganism that was measured.
    pub microorganism: Option<Uri>,
    /// The substance that was measured.
    pub chemical_substance: Option<Uri>,
    /// The frame of a position.
    pub coordinate_reference_system: Option<Uri>,
    /// The part of a vector.
    pub component: Option<Word>,
    /// Numbers by their field name (`value`, `minValue`, `sDev` …), digits as written.
    pub numbers: Vec<(&'static str, Number)>,
    /// A value that is text.
    pub string_value: Option<String>,
    /// A value that is true or false.
    pub boolean_value: Option<bool>,
    /// A value in hexadecimal digits.
    pub hex_binary_value: Option<String>,
    /// A value that is a URI.
    pub uri_value: Option<Uri>,
    /// The unit of the numbers.
    pub uom: Option<String>,
    /// Fields outside the standard.
    pub extensions: Map<String, Value>,
    order: KeyOrder,
}

/// The number fields of a report.
const NUMBER_FIELDS: [&str; 7] = ["value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"];

impl SensorElement {
    /// One number of one kind, such as a temperature, with its unit (UN/CEFACT recommendation 20).
    pub fn measured(kind: Word, value: Number, uom: &str) -> Self {
        let report = SensorReport {
            kind,
            exception: None,
            device: Device::default(),
            time: None,
            microorganism: None,
            chemical_substance: None,
            coordinate_reference_system: None,
            component: None,
            numbers: vec![("value", value)],
            string_value: None,
            boolean_value: None,
            hex_binary_value: None,
            uri_value: None,
            uom: Some(uom.to_owned()),
            extensions: Map::new(),
            order: KeyOrder::default(),
        };
        Self { metadata: None, reports: vec![report], extensions: Map::new(), order: KeyOrder::default() }
    }

    pub(super) fn read(value: &Value, path: &str, found: &mut Violations) -> Option<Self> {
        let mut reader = ObjectReader::new(value, path, found)?;
        let metadata =
            reader.object("sensorMetadata", found, |reader, found| Some(SensorMetadata::read(reader, found)));
        reader.require("sensorReport", Rule::SENSOR, found);
        let reports = reader.list("sensorReport", found, SensorReport::read);
        if reader.value("sensorReport").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            found.add(reader.at("sensorReport"), Rule::SENSOR, "must hold at least one report");
        }
        let (extensions, order) = reader.extensions(found);
        Some(Self { metadata, reports: reports?, extensions, order })
    }

    pub(super) fn write(&self) -> Value {
        let mut writer = ObjectWriter::default();
        writer.put("sensorMetadata", self.metadata.as_ref().map(SensorMetadata::write)).list(
            "sensorReport",
            Some(&self.reports),
            SensorReport::write,
        );
        writer.finish(&self.extensions, &self.order)
    }
}

impl SensorMetadata {
    fn read(mut reader: ObjectReader<'_>, found: &mut Violations) -> Self {
        let time = reader.time("time", found);
        let start_time = reader.time("startTime", found);
        let end_time = reader.time("endTime", found);
        let device = Device::read(&mut reader, found);
        let (extensions, order) = reader.extensions(found);
        Self { time, start_time, end_time, device, extensions, order }
    }

    fn write(&self) -> Value {
        let mut writer = ObjectWriter::default();
        writer
            .put("time", self.time.as_ref())
            .put("startTime", self.start_time.as_ref())
            .put("endTime", self.end_time.as_ref());
        self.device.write(&mut writer);
        writer.finish(&self.extensions, &self.order)
    }
}

impl Device {
    fn read(reader: &mut ObjectReader<'_>, found: &mut Violations) -> Self {
        Self {
            id: reader.uri("deviceID", found),
            metadata: reader.uri("deviceMetadata", found),
            raw_data: reader.uri("rawData", found),
            processing_method: reader.uri("dataProcessingMethod", found),
            biz_rules: reader.uri("bizRules", found),
        }
    }

    fn write(&self, writer: &mut ObjectWriter) {
        writer
            .put("deviceID", self.id.as_ref())
            .put("deviceMetadata", self.metadata.as_ref())
            .put("rawData", self.raw_data.as_ref())
            .put("dataProcessingMethod", self.processing_method.as_ref())
            .put("bizRules", self.biz_rules.as_ref());
    }
}

impl SensorReport {
    fn read(value: &Value, path: &str, found: &mut Violations) -> Option<Self> {
        let mut reader = ObjectReader::new(value, path, found)?;
        reader.require("type", Rule::SENSOR, found);
        let kind = reader.word("type", Vocabulary::MeasurementType, found);
        let hex_binary_value = reader.text("hexBinaryValue", found).map(str::to_owned);
        if hex_binary_value.as_ref().is_some_and(|hex| hex.is_empty() || !hex.bytes().all(|b| b.is_ascii_hexdigit())) {
            found.add(reader.at("hexBinaryValue"), Rule::SENSOR, "expected hexadecimal digits");
        }
        let mut numbers = Vec::new();
        for field in NUMBER_FIELDS {
            numbers.extend(reader.number(field, found).map(|number| (field, number)));
        }
        let exception = reader.word("exception", Vocabulary::SensorAlert, found);
        let device = Device::read(&mut reader, found);
        let time = reader.time("time", found);
        let microorganism = reader.uri("microorganism", found);
        let chemical_substance = reader.uri("chemicalSubstance", found);
        let coordinate_reference_system = reader.uri("coordinateReferenceSystem", found);
        let component = reader.word("component", Vocabulary::Component, found);
        let string_value = reader.text("stringValue", found).map(str::to_owned);
        let boolean_value = reader.boolean("booleanValue", found);
        let uri_value = reader.uri("uriValue", found);
        let uom = reader.text("uom", found).map(str::to_owned);
        let (extensions, order) = reader.extensions(found);
        Some(Self {
            kind: kind?,
            exception,
            device,
            time,
            microorganism,
            chemical_substance,
            coordinate_reference_system,
            component,
            numbers,
            string_value,
            boolean_value,
            hex_binary_value,
            uri_value,
            uom,
            extensions,
            order,
        })
    }

    fn write(&self) -> Value {
        let mut writer = ObjectWriter::default();
        writer.put("type", Some(&self.kind)).put("exception", self.exception.as_ref());
        self.device.write(&mut writer);
        writer
            .put("time", self.time.as_ref())
            .put("microorganism", self.microorganism.as_ref())
            .put("chemicalSubstance", self.chemical_substance.as_ref())
            .put("coordinateReferenceSystem", self.coordinate_reference_system.as_ref())
            .put("component", self.component.as_ref());
        for (field, number) in &self.numbers {
            writer.put(field, Some(Value::Number(number.clone())));
        }
        writer
            .put("stringValue", self.string_value.clone())
            .put("booleanValue", self.boolean_value)
            .put("hexBinaryValue", self.hex_binary_value.clone())
            .put("uriValue", self.uri_value.as_ref())
            .put("uom", self.uom.clone());
        writer.finish(&self.extensions, &self.order)
    }
}
