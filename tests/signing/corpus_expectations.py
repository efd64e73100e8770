"""What is answered about each file of the shared folder of signed and odd PDFs, by verdict and reasons.

The files are those of pyHanko's own tests. None leads to our roots, so none may be valid by them.
"""

import datetime as dt

Answer = tuple[str, frozenset[str]]

PREFIX = "data__pdf__"


def _all(verdict: str, codes: str, names: str) -> dict[str, Answer]:
    return dict.fromkeys(names.split(), (verdict, frozenset(codes.split())))


BY_OUR_ROOTS: dict[str, Answer] = {
    **_all(
        "invalid",
        "changed no-timestamp seal-covers-page untrusted",
        """
        extensions-indirect-not-all-paths form-update-ap-indirect-sneaky-trailer
        form-update-no-override-appearance-stream-ap-indirect-sneaky
        form-update-override-appearance-stream-ap-indirect-sneaky
        form-update-override-appearance-stream-sneaky
    """,
    ),
    **_all(
        "invalid",
        "changed no-timestamp signature-broken",
        """
        coverage-anomalies__one-byterange coverage-anomalies__signature-gap-too-big
        coverage-anomalies__weird-byterange
    """,
    ),
    **_all(
        "invalid",
        "changed no-timestamp wrong-purpose",
        """
        coverage-anomalies__tail-uncovered
    """,
    ),
    **_all(
        "invalid",
        "signature-broken",
        """
        coverage-anomalies__base pdf-sig-with-econtent
    """,
    ),
    **_all(
        "unknown",
        "encrypted",
        """
        embedded-encrypted-nocf malformed-encrypt-dict1 minimal-aes256-empty-encrypted-string
        minimal-aes256 minimal-pubkey-aes256 minimal-pubkey-rc4-envelope minimal-pubkey-rc4
        minimal-pubkey-unknown-envelope-alg minimal-rc4 minimal-two-fields-aes256
        minimal-two-fields-pubkey-aes256 minimal-two-fields-pubkey-rc4 minimal-with-field-aes256
        minimal-with-field-pubkey-aes256 minimal-with-field-pubkey-rc4 minimal-with-field-rc4
        pubkey-3des-test pubkey-ecc-test pubkey-rc2-test signed-encrypted-pubkey-with-catalog-ref
    """,
    ),
    **_all(
        "unknown",
        "no-timestamp seal-covers-page untrusted",
        """
        extensions-direct extensions-indirect extensions-update-direct extensions-update-indirect
        form-update-no-override-appearance-stream-ap-indirect form-update-original-ap-type-wrong
        form-update-override-appearance-stream-ap-indirect form-update-override-appearance-stream
        sig-with-ski-sid
    """,
    ),
    **_all(
        "unknown",
        "no-timestamp untrusted",
        """
        certified-with-indirect-refs-in-dir ed448-disallowed-hash ed448-shake256-nolen
        minimal-signed-twice-no-sig-type pades-with-old-style-signing-cert-attr-issser
        pades-with-old-style-signing-cert-attr separate-annots-kids-indir sig-no-signed-attrs
    """,
    ),
    **_all(
        "unknown",
        "seal-covers-page timestamp-untrusted untrusted",
        """
        pades-lta-dss-indirect-arrs-test-2 pades-lta-dss-indirect-arrs-test
    """,
    ),
    **_all(
        "unknown",
        "seal-covers-page timestamp-untrusted wrong-purpose",
        """
        minimal-two-fields-signed-twice
    """,
    ),
    **_all(
        "unknown",
        "timestamp-untrusted wrong-purpose",
        """
        minimal-signed-twice-both-created minimal-signed-twice-second-created
    """,
    ),
    **_all(
        "unknown",
        "unreadable",
        """
        form-tree-circular-ref-input malformed-encrypt-dict2 minimal-aes256-malformed-oe
        minimal-aes256-malformed-perms minimal-illegal-header minimal-startxref-hopeless
        minimal-startxref-hopeless2 minimal-startxref-hopeless3
    """,
    ),
    **_all(
        "unknown",
        "unsigned",
        """
        broken-objstream1 broken-objstream2 broken-objstream3 broken-objstream4 broken-objstream5
        broken-objstream6 circular-page-tree empty-a4 fontembed info-bin-producer-string
        layout-tests__arabic-box layout-tests__bitmap-bg layout-tests__code128-test
        layout-tests__default-font layout-tests__double-newline layout-tests__fancy-qr-stamp-test
        layout-tests__form-fill-result layout-tests__four-stamps-fixed
        layout-tests__four-stamps-natural layout-tests__ja-vert-stamps
        layout-tests__leaky-graphics-state-stamp-no-corr-result
        layout-tests__leaky-graphics-state-stamp-result
        layout-tests__multiline-textbox-nondefault-fs layout-tests__scaled-bitmap-bg
        layout-tests__source-serif-test layout-tests__stamp-from-static-pdf
        layout-tests__stamp-on-pdf-bg layout-tests__text-stamp-color layout-tests__undef-bg-size
        leaky-graphics-state-doc malformed-xref-space-padded minimal-annotless minimal-badxref
        minimal-broken-xref-size minimal-hybrid-xref-mswordstyle minimal-hybrid-xref-weirdgen
        minimal-hybrid-xref minimal-one-field-indir-annots minimal-pdf-ua-and-a
        minimal-startxref-obo1 minimal-startxref-obo2 minimal-startxref-obo3 minimal-startxref-obo4
        minimal-startxref-obo5 minimal-startxref-obo6 minimal-startxref-same-line
        minimal-two-fields-tagged minimal-two-fields minimal-two-pages minimal-with-field-tagged
        minimal-with-field minimal-with-nonexistent-refs minimal-with-orphaned-xrefs
        minimal-with-simple-form minimal-with-textfield-group-var minimal-with-textfield-group
        minimal-xref minimal no-mediabox page-tree-direct-kid pdf-background-test
        safedocs__CompactedPDFSyntaxTest scribble-decomp scribble-in-arr scribble
        simple-acroform-states-ap-indirect simple-acroform-states struct-tree-circular-ref
        uncompressed-objstream-sample
    """,
    ),
}
"""Trusted: our test root. A timestamp is asked for."""

BY_THEIR_ROOTS: dict[str, Answer] = {
    **_all(
        "invalid",
        "changed",
        """
        coverage-anomalies__tail-uncovered
    """,
    ),
    **_all(
        "invalid",
        "changed revocation-unknown seal-covers-page",
        """
        extensions-indirect-not-all-paths form-update-ap-indirect-sneaky-trailer
        form-update-no-override-appearance-stream-ap-indirect-sneaky
        form-update-override-appearance-stream-ap-indirect-sneaky
        form-update-override-appearance-stream-sneaky
    """,
    ),
    **_all(
        "invalid",
        "changed signature-broken",
        """
        coverage-anomalies__one-byterange coverage-anomalies__signature-gap-too-big
        coverage-anomalies__weird-byterange
    """,
    ),
    **_all(
        "invalid",
        "signature-broken",
        """
        pdf-sig-with-econtent
    """,
    ),
    **_all(
        "unknown",
        "revocation-unknown",
        """
        certified-with-indirect-refs-in-dir ed448-shake256-nolen minimal-signed-twice-no-sig-type
        pades-with-old-style-signing-cert-attr-issser pades-with-old-style-signing-cert-attr
        separate-annots-kids-indir sig-no-signed-attrs
    """,
    ),
    **_all(
        "unknown",
        "revocation-unknown seal-covers-page",
        """
        extensions-direct extensions-indirect extensions-update-direct extensions-update-indirect
        form-update-no-override-appearance-stream-ap-indirect form-update-original-ap-type-wrong
        form-update-override-appearance-stream-ap-indirect form-update-override-appearance-stream
        sig-with-ski-sid
    """,
    ),
    **_all(
        "unknown",
        "untrusted",
        """
        ed448-disallowed-hash
    """,
    ),
    **_all(
        "valid",
        "",
        """
        minimal-signed-twice-both-created minimal-signed-twice-second-created
    """,
    ),
    **_all(
        "valid",
        "seal-covers-page",
        """
        minimal-two-fields-signed-twice pades-lta-dss-indirect-arrs-test-2
        pades-lta-dss-indirect-arrs-test
    """,
    ),
}
"""Trusted: what stands at the top of the chains inside the file; no timestamp asked for. Valid are those whose signer
is such a top itself, for which no revocation list is needed, and those that hold their lists.
`ed448-disallowed-hash` signs with a digest that the rules of its key forbid."""

WHEN_THEY_WERE_MADE = {
    name: dt.datetime(2020, 11, 1, tzinfo=dt.UTC)
    for name in ("pades-lta-dss-indirect-arrs-test", "pades-lta-dss-indirect-arrs-test-2")
}
"""Judged at the day their lists held; the others at the day of our tests."""
