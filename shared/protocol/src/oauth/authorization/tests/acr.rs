//! How sure a sign-in is called to a client.

use std::collections::BTreeMap;

use super::*;
use crate::assurance::Level;

#[test]
fn a_sign_in_is_called_by_the_first_name_that_it_comes_up_to() {
    let names = BTreeMap::from([("gold".to_owned(), Level::Aal2), ("silver".to_owned(), Level::Aal1)]);
    let called = |values: &[(&'static str, &'static str)], level| {
        check(&acme(), &changed(values)).unwrap().acr_of(level, &names).to_owned()
    };
    let wishes = ("acr_values", "bronze gold silver");
    assert_eq!(called(&[wishes], Level::Aal1), "silver");
    assert_eq!(called(&[wishes], Level::Aal3), "gold");
    assert_eq!(called(&[("acr_values", "gold")], Level::Aal1), "urn:latchkey:aal1");
    assert_eq!(called(&[], Level::Aal2), "urn:latchkey:aal2");
    let claims = ("claims", r#"{"id_token":{"acr":{"values":["silver"]}}}"#);
    assert_eq!(called(&[wishes, claims], Level::Aal2), "silver");
}
