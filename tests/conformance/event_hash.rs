//! CBV 2.0 event hashes and the translation of EPC URNs into Digital Links.

use sanvat::traceability::hash::{canonical_link, document_hashes};
use sha2::{Digest, Sha256};

use crate::{read_json, vectors};

#[test]
fn hashes_and_pre_hash_strings_are_exact() {
    let Some(folder) = vectors("event-hash") else { return };
    let listed = read_json(&folder.join("vectors.json"));
    let listed = listed.as_array().unwrap();
    assert!(!listed.is_empty());
    for vector in listed {
        let file = vector["file"].as_str().unwrap();
        let hashes = document_hashes(&read_json(&folder.join(file)));
        let expected = vector["hashes"].as_array().unwrap();
        assert_eq!(expected.len(), hashes.len(), "{file}");
        for (index, (expected, hash)) in expected.iter().zip(&hashes).enumerate() {
            let expected_prehash = vector["prehashes"][index].as_str().unwrap();
            let digest = data_encoding::HEXLOWER.encode(Sha256::digest(expected_prehash.as_bytes()).as_slice());
            if expected.as_str().unwrap().contains(&digest) {
                assert_eq!(expected_prehash, hash.prehash, "{file} event {index}");
            } else {
                eprintln!(
                    "skipped: {file} event {index}: the pre-hash string given there is not that of the hash given there"
                );
            }
            assert_eq!(expected.as_str(), Some(hash.id.as_str()), "{file} event {index}: {}", hash.prehash);
        }
    }
}

#[test]
fn epc_urns_become_digital_links() {
    let Some(folder) = vectors("event-hash") else { return };
    let listed = read_json(&folder.join("epc-to-digital-link.json"));
    let listed = listed.as_array().unwrap();
    assert!(!listed.is_empty());
    for vector in listed {
        let input = vector["input"].as_str().unwrap();
        assert_eq!(vector["expect"].as_str(), canonical_link(input).as_deref(), "{input}");
    }
}
