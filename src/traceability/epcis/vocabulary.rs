//! The standard words of the Core Business Vocabulary and the GS1 Web Vocabulary that EPCIS 2.0 JSON writes bare.
//!
//! Each list belongs to a [`Vocabulary`], which also knows the URI that a bare word stands for. Source: CBV 2.0,
//! section 7, and the sensor vocabulary of EPCIS 2.0, section 7.3.7. Every list is sorted, so a look-up is a binary
//! search (a test holds them sorted).

/// A standard word list of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// `bizStep`, CBV 2.0 section 7.1.
    BizStep,
    /// `disposition` and the two lists of `persistentDisposition`, CBV 2.0 section 7.2.
    Disposition,
    /// `type` of a business transaction, CBV 2.0 section 7.3.
    BizTransactionType,
    /// `type` of a source or destination, CBV 2.0 section 7.4.
    SourceDestinationType,
    /// `reason` of an error declaration, CBV 2.0 section 7.5.
    ErrorReason,
    /// `type` of a sensor report (GS1 Web Vocabulary, measurement types).
    MeasurementType,
    /// `exception` of a sensor report (GS1 Web Vocabulary, alert types).
    SensorAlert,
    /// `component` of a sensor report, CBV 2.0 section 7.6.
    Component,
}

impl Vocabulary {
    /// The bare words of this list, sorted.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::BizStep => BIZ_STEPS,
            Self::Disposition => DISPOSITIONS,
            Self::BizTransactionType => BIZ_TRANSACTION_TYPES,
            Self::SourceDestinationType => SOURCE_DESTINATION_TYPES,
            Self::ErrorReason => ERROR_REASONS,
            Self::MeasurementType => MEASUREMENT_TYPES,
            Self::SensorAlert => SENSOR_ALERTS,
            Self::Component => COMPONENTS,
        }
    }

    /// True when `word` is one of the standard words, written bare.
    pub fn contains(self, word: &str) -> bool {
        self.words().binary_search(&word).is_ok()
    }

    /// The start of the full URI of each word (`https://ref.gs1.org/cbv/BizStep-`).
    pub fn uri_stem(self) -> &'static str {
        match self {
            Self::BizStep => "https://ref.gs1.org/cbv/BizStep-",
            Self::Disposition => "https://ref.gs1.org/cbv/Disp-",
            Self::BizTransactionType => "https://ref.gs1.org/cbv/BTT-",
            Self::SourceDestinationType => "https://ref.gs1.org/cbv/SDT-",
            Self::ErrorReason => "https://ref.gs1.org/cbv/ER-",
            Self::MeasurementType | Self::SensorAlert => "https://gs1.org/voc/",
            Self::Component => "https://ref.gs1.org/cbv/Comp-",
        }
    }

    /// True for URIs that the JSON binding refuses here, because the standard word is to be written bare
    /// (EPCIS 2.0 JSON schema, `vocab-other-uri` and `vocab-nonGS1WebVoc-uri`).
    pub fn must_be_bare(self, uri: &str) -> bool {
        let refused: &[&str] = match self {
            Self::MeasurementType | Self::SensorAlert => {
                &["http://gs1.org/voc/", "https://gs1.org/voc/", "http://www.gs1.org/voc/", "https://www.gs1.org/voc/"]
            }
            _ => &["urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/"],
        };
        refused.iter().any(|start| uri.starts_with(start))
    }
}

/// CBV 2.0 section 7.1.
const BIZ_STEPS: &[&str] = &[
    "accepting",
    "arriving",
    "assembling",
    "collecting",
    "commissioning",
    "consigning",
    "creating_class_instance",
    "cycle_counting",
    "decommissioning",
    "departing",
    "destroying",
    "disassembling",
    "dispensing",
    "encoding",
    "entering_exiting",
    "holding",
    "inspecting",
    "installing",
    "killing",
    "loading",
    "other",
    "packing",
    "picking",
    "receiving",
    "removing",
    "repackaging",
    "repairing",
    "replacing",
    "reserving",
    "retail_selling",
    "sampling",
    "sensor_reporting",
    "shipping",
    "staging_outbound",
    "stock_taking",
    "stocking",
    "storing",
    "transporting",
    "unloading",
    "unpacking",
    "void_shipping",
];

/// CBV 2.0 section 7.2.
const DISPOSITIONS: &[&str] = &[
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
];

/// CBV 2.0 section 7.3.
const BIZ_TRANSACTION_TYPES: &[&str] = &[
    "bol",
    "cert",
    "desadv",
    "inv",
    "pedigree",
    "po",
    "poc",
    "prodorder",
    "recadv",
    "rma",
    "testprd",
    "testres",
    "upevt",
];

/// CBV 2.0 section 7.4.
const SOURCE_DESTINATION_TYPES: &[&str] = &["location", "owning_party", "possessing_party"];

/// CBV 2.0 section 7.5.
const ERROR_REASONS: &[&str] = &["did_not_occur", "incorrect_data"];

/// GS1 Web Vocabulary, sensor alert types.
const SENSOR_ALERTS: &[&str] = &["ALARM_CONDITION", "ERROR_CONDITION"];

/// CBV 2.0 section 7.6.
const COMPONENTS: &[&str] = &[
    "altitude",
    "axial_distance",
    "azimuth",
    "easting",
    "elevation_angle",
    "height",
    "latitude",
    "longitude",
    "northing",
    "polar_angle",
    "spherical_radius",
    "x",
    "y",
    "z",
];

/// GS1 Web Vocabulary, measurement types.
const MEASUREMENT_TYPES: &[&str] = &[
    "AbsoluteHumidity",
    "AbsorbedDose",
    "AbsorbedDoseRate",
    "Acceleration",
    "Altitude",
    "AmountOfSubstance",
    "AmountOfSubstancePerUnitVolume",
    "Angle",
    "AngularAcceleration",
    "AngularMomentum",
    "AngularVelocity",
    "Area",
    "Capacitance",
    "Conductance",
    "Conductivity",
    "Count",
    "Density",
    "Dimensionless",
    "DoseEquivalent",
    "DoseEquivalentRate",
    "DynamicViscosity",
    "ElectricCharge",
    "ElectricCurrent",
    "ElectricCurrentDensity",
    "ElectricFieldStrength",
    "Energy",
    "Exposure",
    "Force",
    "Frequency",
    "Illuminance",
    "Inductance",
    "Irradiance",
    "KinematicViscosity",
    "Length",
    "LinearMomentum",
    "Luminance",
    "LuminousFlux",
    "LuminousIntensity",
    "MagneticFlux",
    "MagneticFluxDensity",
    "MagneticVectorPotential",
    "Mass",
    "MassConcentration",
    "MassFlowRate",
    "MassPerAreaTime",
    "MemoryCapacity",
    "MolalityOfSolute",
    "MolarEnergy",
    "MolarMass",
    "MolarVolume",
    "Power",
    "Pressure",
    "RadiantFlux",
    "RadiantIntensity",
    "Radioactivity",
    "RelativeHumidity",
    "Resistance",
    "Resistivity",
    "SolidAngle",
    "SpecificVolume",
    "Speed",
    "SurfaceDensity",
    "SurfaceTension",
    "Temperature",
    "Time",
    "Torque",
    "Voltage",
    "Volume",
    "VolumeFlowRate",
    "VolumeFraction",
    "VolumetricFlux",
    "Wavenumber",
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Vocabulary; 8] = [
        Vocabulary::BizStep,
        Vocabulary::Disposition,
        Vocabulary::BizTransactionType,
        Vocabulary::SourceDestinationType,
        Vocabulary::ErrorReason,
        Vocabulary::MeasurementType,
        Vocabulary::SensorAlert,
        Vocabulary::Component,
    ];

    #[test]
    fn every_list_is_sorted_without_repeats() {
        for vocabulary in ALL {
            assert!(vocabulary.words().windows(2).all(|pair| pair[0] < pair[1]), "{vocabulary:?}");
        }
    }

    #[test]
    fn every_word_is_found() {
        for vocabulary in ALL {
            assert!(vocabulary.words().iter().all(|word| vocabulary.contains(word)), "{vocabulary:?}");
        }
        assert!(!Vocabulary::BizStep.contains("transforming"));
    }
}
