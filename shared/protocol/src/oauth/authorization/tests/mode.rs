//! How an answer travels.

use super::*;

#[test]
fn an_answer_may_be_a_jwt() {
    let mode = |pairs: &[(&str, &str)]| response_type::mode(&acme(), &params(pairs), HOME);
    assert_eq!(mode(&[("response_mode", "jwt")]), (ResponseMode::QueryJwt, None));
    assert_eq!(mode(&[("response_mode", "fragment.jwt")]), (ResponseMode::FragmentJwt, None));
    assert_eq!(mode(&[("response_mode", "form_post.jwt")]), (ResponseMode::FormPostJwt, None));
    let tokens = ("response_type", "code id_token");
    assert_eq!(mode(&[tokens, ("response_mode", "jwt")]), (ResponseMode::FragmentJwt, None));
    assert!(mode(&[tokens, ("response_mode", "query.jwt")]).1.is_some());
    let request = check(&acme(), &changed(&[("response_mode", "query.jwt")])).unwrap();
    assert!(request.is_signed());
}

#[test]
fn a_form_is_posted_to_web_addresses_alone() {
    let form = params(&[("response_mode", "form_post")]);
    assert_eq!(response_type::mode(&acme(), &form, HOME), (ResponseMode::FormPost, None));
    assert!(response_type::mode(&acme(), &form, "com.acme.app:/cb").1.is_some());
    assert!(response_type::mode(&acme(), &form, "httpx.acme.app:/cb").1.is_some());
    assert!(response_type::mode(&acme(), &form, "http://127.0.0.1:99999/cb").1.is_some());
    let tokens = params(&[("response_type", "id_token token")]);
    assert_eq!(response_type::mode(&acme(), &tokens, HOME).0, ResponseMode::Fragment);
}
