"""The table of contents: every stage a document or a case goes through, in order, and the room that does it.

upload ─ inspect ─ paginate ─ read ─ file ─ check ─┐        (beside it: copy, the searchable PDF; sheets, of drawings)
                                                   │ accept / notice / gap        (workers.cases, by the clerk)
case ─ decide ─ render ─ seal ─ validate ─ package ─ store ─ log ─ publish        (decide, approve: officer / `instant`)
                                                     ├ index: it is found by its words    (workers.findable)
                                                     ├ feed: the result goes to the cases beside (并联)
                                                     └ nest: with the last of a parallel case, the package of all
hold, release ─ protect; due list ─ condemn ─ destroy ─ certify ─ publish         (workers.holding, workers.disposing)
package ─ supplement ─ publish                                (reports, receipts: whatever comes after)
batch ─ handover-bag, one a package ─ handover-list                               (workers.transferring)
package ─ retrieve: a marked copy for a person ─ seal-copy, where a rule says so (workers.retrieving, sealed_copies)
certificate ─ change ─ render ─ seal ─ validate ─ follow-up ─ publish             (workers.certificate_life)
package ─ inspect-package ─ supplement ─ publish                                  (workers.inspecting: 四性检测)
           └ edition: its OFD form, an experimental export                          (workers.ofd_edition)
"""

from workers import (
    copies,
    disposing,
    drawing_sets,
    faces,
    feeding,
    findable,
    follow_ups,
    holding,
    inspecting,
    instant,
    issuing,
    journalling,
    keeping,
    looking_again,
    nesting,
    notices,
    ofd_edition,
    reading,
    renewing,
    retrieving,
    sealed_copies,
    sheet_differences,
    supplements,
    transferring,
    two_sites,
)
from workers.stage import Stage

STAGES: dict[str, Stage] = {
    stage.kind: stage
    for stage in (
        Stage("inspect", reading.inspect, reading.record_inspection, reading.give_up_upload),
        Stage("paginate", reading.paginate, reading.record_pages, reading.give_up_upload),
        Stage("read", reading.read, reading.record_reading, reading.give_up_upload),
        Stage("file", reading.sort_pages, reading.record_documents, reading.give_up_upload),
        Stage("sheets", drawing_sets.read, drawing_sets.record, drawing_sets.give_up),
        Stage("sheet-difference", sheet_differences.make, sheet_differences.record, sheet_differences.give_up),
        Stage("repeat", looking_again.compare, looking_again.record, looking_again.give_up),
        Stage("copy", copies.make, copies.record, copies.give_up),
        Stage("check", reading.check, reading.record_report, reading.give_up_check),
        Stage("notice", notices.make, notices.record, issuing.give_up),
        Stage("instant", instant.look, instant.record, instant.give_up),
        Stage("render", issuing.render_certificate, instant.record_rendering, issuing.give_up),
        Stage("seal", issuing.seal, issuing.record_seal, issuing.give_up),
        Stage("validate", issuing.validate, issuing.record_verdict, issuing.give_up),
        Stage("edition", ofd_edition.make, ofd_edition.record, issuing.give_up),
        Stage("renew", renewing.renew, renewing.record, issuing.give_up),
        Stage("package", keeping.package, keeping.record_package, issuing.give_up),
        Stage("nest", nesting.build, keeping.record_package, issuing.give_up),
        Stage("store", keeping.store, keeping.record_stored, issuing.give_up),
        Stage("faces", faces.draw, faces.record, issuing.give_up),
        Stage("follow-up", follow_ups.build, follow_ups.record, issuing.give_up),
        Stage("supplement", supplements.build, supplements.record, issuing.give_up),
        Stage("index", findable.read, findable.record, findable.give_up),
        Stage("handover-bag", transferring.make_bags, transferring.record_bags, issuing.give_up),
        Stage("handover-list", transferring.make_list, transferring.record_list, issuing.give_up),
        Stage("retrieve", retrieving.make, retrieving.record, retrieving.give_up),
        Stage("seal-copy", sealed_copies.make, sealed_copies.record, retrieving.give_up),
        Stage("protect", holding.mark, holding.record_marks, issuing.give_up),
        Stage("condemn", disposing.condemn, disposing.record_condemned, issuing.give_up),
        Stage("destroy", disposing.destroy, disposing.record_destroyed, issuing.give_up),
        Stage("certify", disposing.certify, disposing.record_certified, issuing.give_up),
        Stage("feed", feeding.look, feeding.record, issuing.give_up),
        Stage("log", keeping.integrate, keeping.record_integrated, issuing.give_up),
        Stage("journal", journalling.keep, journalling.record, issuing.give_up),
        Stage("inspect-package", inspecting.inspect, inspecting.record, inspecting.give_up),
        Stage("replicate", two_sites.replicate, two_sites.record_copies, issuing.give_up),
        Stage("publish", keeping.publish, keeping.record_published, issuing.give_up),
    )
}
