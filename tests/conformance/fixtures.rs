//! Documents of our own with what the third-party ones leave out: master data around the events, and every event type
//! with every field.

use serde_json::{Value, json};

fn context() -> Value {
    json!([
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        { "ex": "https://ex.example/ns/", "cbvmda": "urn:epcglobal:cbv:mda:" }
    ])
}

fn vocabularies() -> Value {
    json!([
        {
            "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
            "vocabularyElementList": [
                {
                    "id": "urn:epc:id:sgln:0037000.00729.0",
                    "attributes": [
                        { "id": "cbvmda:site", "attribute": "0037000729306" },
                        { "id": "cbvmda:latitude", "attribute": 20.6 },
                        { "id": "ex:address", "attribute": { "ex:village": "Hà Bắc", "ex:since": null } },
                        { "id": "cbvmda:empty" }
                    ],
                    "children": ["urn:epc:id:sgln:0037000.00729.8201", "https://id.gs1.org/414/0037000729306/254/8202"]
                },
                { "id": "https://ex.example/loc/2", "attributes": [], "children": [] }
            ]
        },
        { "type": "ex:vtype" }
    ])
}

/// What all event types share.
fn with_common_fields(mut event: Value) -> Value {
    let common = json!({
        "eventID": "urn:uuid:d2a0f1de-0b1a-4a9f-8a4e-3d9d0f7e6c11",
        "eventTime": "2026-06-14T16:20:00.120+07:00",
        "eventTimeZoneOffset": "+07:00",
        "recordTime": "2026-06-14T09:21:00Z",
        "certificationInfo": ["https://ex.example/cert/1", "urn:epc:id:gdti:4012345.11111.987"],
        "errorDeclaration": {
            "declarationTime": "2026-06-15T00:00:00Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8"],
            "ex:note": "weighed again"
        },
        "bizStep": "packing",
        "disposition": "in_progress",
        "readPoint": { "id": "geo:20.6,106.2", "ex:gate": 3 },
        "bizLocation": { "id": "urn:epc:id:sgln:0037000.00729.0" },
        "bizTransactionList": [
            { "type": "po", "bizTransaction": "https://ex.example/bt/1" },
            { "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:1" }
        ],
        "sourceList": [{ "type": "owning_party", "source": "urn:epc:id:pgln:4012345.00000" }],
        "destinationList": [{ "type": "location", "destination": "https://id.gs1.org/414/4012345000122" }],
        "sensorElementList": [{
            "sensorMetadata": {
                "time": "2026-06-14T16:19:00+07:00",
                "startTime": "2026-06-14T16:00:00+07:00",
                "endTime": "2026-06-14T16:19:00+07:00",
                "deviceID": "urn:epc:id:giai:4012345.111",
                "deviceMetadata": "https://ex.example/device",
                "rawData": "https://ex.example/raw",
                "dataProcessingMethod": "https://ex.example/method",
                "bizRules": "https://ex.example/rules",
                "ex:battery": 0.80
            },
            "sensorReport": [
                {
                    "type": "Temperature", "value": 26.0, "minValue": -1.5e0, "maxValue": 26.20, "meanValue": 13,
                    "sDev": 0.1, "percRank": 50, "percValue": 12.7, "uom": "CEL", "exception": "ALARM_CONDITION",
                    "component": "x", "time": "2026-06-14T16:19:00+07:00", "ex:quality": "good"
                },
                {
                    "type": "ex:Taste", "stringValue": "", "booleanValue": false, "hexBinaryValue": "F0f0",
                    "uriValue": "urn:epc:id:giai:4012345.111", "deviceID": "urn:epc:id:giai:4012345.112",
                    "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
                    "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N",
                    "coordinateReferenceSystem": "https://www.opengis.net/def/crs/OGC/0/CRS84"
                }
            ]
        }],
        "ex:weather": ["rain", { "ex:mm": 12.50 }]
    });
    event.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
    event
}

fn events() -> Vec<Value> {
    let quantities = json!([
        { "epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200.0, "uom": "KGM" },
        { "epcClass": "urn:epc:idpat:sgtin:4012345.098765.*", "quantity": 1e3 },
        { "epcClass": "https://ex.example/class/7" }
    ]);
    let epcs = json!(["urn:epc:id:sgtin:4012345.011111.9876", "https://id.gs1.org/01/04012345111118/21/9877"]);
    let lasting = json!({ "set": ["completeness_verified", "ex:fresh"], "unset": ["completeness_inferred"] });
    let ilmd = json!({ "cbvmda:lotNumber": "007", "ex:variety": { "name": "nếp" } });
    let bodies = [
        json!({ "type": "ObjectEvent", "action": "ADD", "epcList": epcs, "quantityList": quantities, "ilmd": ilmd,
                "persistentDisposition": lasting }),
        json!({ "type": "AggregationEvent", "action": "OBSERVE", "parentID": "urn:epc:id:sscc:0614141.1234567890",
                "childEPCs": epcs, "childQuantityList": quantities }),
        json!({ "type": "TransactionEvent", "action": "DELETE", "parentID": "urn:epc:id:sscc:0614141.1234567890",
                "epcList": epcs, "quantityList": quantities }),
        json!({ "type": "TransformationEvent", "inputEPCList": epcs, "inputQuantityList": quantities,
                "outputEPCList": [], "outputQuantityList": quantities, "transformationID": "ex:batch-1", "ilmd": ilmd,
                "persistentDisposition": lasting }),
        json!({ "type": "AssociationEvent", "action": "ADD", "parentID": "urn:epc:id:grai:4012345.55555.987",
                "childEPCs": epcs, "childQuantityList": quantities }),
    ];
    bodies.into_iter().map(with_common_fields).collect()
}

/// Every document, by a name.
pub fn all() -> Vec<(String, Value)> {
    let document = json!({
        "@context": context(),
        "id": "https://ex.example/doc/1",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-15T00:00:00.000Z",
        "instanceIdentifier": "7",
        "sender": "urn:epc:id:pgln:4012345.00000",
        "receiver": "",
        "epcisHeader": { "epcisMasterData": { "vocabularyList": vocabularies() }, "ex:sent": true },
        "epcisBody": { "eventList": events() },
        "ex:more": []
    });
    let answer = json!({
        "@context": context(),
        "id": "https://ex.example/doc/2",
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-15T00:00:00.000Z",
        "epcisBody": {
            "queryResults": {
                "queryName": "harvests",
                "subscriptionID": "12",
                "resultsBody": { "eventList": events(), "vocabularyList": vocabularies(), "ex:more": 1 },
                "ex:more": 1
            },
            "ex:more": 1
        },
        "ex:more": 1
    });
    let mut all = vec![("own-document".to_owned(), document), ("own-query-document".to_owned(), answer)];
    for mut event in events() {
        event["@context"] = context();
        all.push((format!("own-{}", event["type"].as_str().unwrap()), event));
    }
    all
}
