"""Addresses of the portal."""

from django.urls import URLPattern, URLResolver, path

from portal.api import api
from portal.pages import (
    actions,
    board,
    case,
    cases,
    files,
    officer,
    packages,
    parallel,
    search,
    session,
    stage_form,
    undertakings,
    verify,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", session.home, name="home"),
    path("login", session.sign_in, name="login"),
    path("logout", session.sign_out, name="logout"),
    path("language", session.choose_language, name="language"),
    path("font/NotoSansSC-Regular.otf", files.font, name="font"),
    path("search", search.search, name="search"),
    # the window
    path("cases", cases.case_list, name="cases"),
    path("cases/new", cases.new_case, name="new-case"),
    path("cases/hint", cases.field_hint, name="hint"),
    path("case/<str:number>", case.case_page, name="case"),
    path("case/<str:number>/live", case.case_live, name="live"),
    path("case/<str:number>/page/<int:page>", case.page_view, name="page"),
    path("case/<str:number>/page/<int:page>.jpg", files.picture, name="picture"),
    path("case/<str:number>/page/<int:page>/thumb.jpg", files.thumb, name="thumb"),
    path("case/<str:number>/upload/<str:upload>/original", files.original, name="original"),
    path("case/<str:number>/upload/<str:upload>/copy.pdf", files.copy, name="copy"),
    path("case/<str:number>/upload/<str:upload>/withdraw", actions.withdraw, name="withdraw"),
    path("case/<str:number>/upload/<str:upload>/restore", actions.restore, name="restore"),
    path("case/<str:number>/material/<int:material>/refile", actions.file_under, name="refile"),
    path("case/<str:number>/held/<int:held>/reuse", actions.use_held, name="reuse"),
    path("case/<str:number>/entry/<str:entry>/promise", actions.give_promise, name="promise"),
    path("case/<str:number>/notify", actions.one_time_notice, name="notify"),
    path("case/<str:number>/accept", actions.accept_case, name="accept"),
    path("case/<str:number>/notice/<int:notice>.pdf", files.notice, name="notice"),
    path("parallel/new", parallel.new_parallel, name="new-parallel"),
    path("parallel/<str:number>", parallel.parallel_page, name="parallel"),
    path("parallel/<str:number>/live", parallel.parallel_live, name="parallel-live"),
    path("parallel/<str:number>/do/<str:work>", parallel.act, name="parallel-act"),
    path("case/<str:number>/form", stage_form.form_page, name="form"),
    path("case/<str:number>/form.pdf", stage_form.form_pdf, name="form-pdf"),
    path("case/<str:number>/form/confirm", stage_form.form_confirm, name="form-confirm"),
    path("case/<str:number>/form/<str:field>/set", stage_form.form_set, name="form-set"),
    path("case/<str:number>/form/<str:field>/undo", stage_form.form_undo, name="form-undo"),
    path("case/<str:number>/form/<str:field>/<int:place>/page", stage_form.form_evidence, name="form-evidence"),
    path("case/<str:number>/receipt", undertakings.give_receipt, name="receipt"),
    path("case/<str:number>/refuse", undertakings.refuse_case, name="refuse"),
    path("case/<str:number>/promise/<int:promise>/undo", undertakings.take_promise_back, name="undo-promise"),
    # the department
    path("case/<str:number>/promise/<int:promise>/recheck", undertakings.record_recheck, name="recheck"),
    path("case/<str:number>/pause", undertakings.pause_clock, name="pause"),
    path("case/<str:number>/resume", undertakings.resume_clock, name="resume"),
    path("officer", officer.officer_list, name="officer"),
    path("case/<str:number>/decide", officer.decide_case, name="decide"),
    path("case/<str:number>/certificate/<int:certificate>/approve", officer.approve_certificate, name="approve"),
    path("case/<str:number>/certificate/<int:certificate>", officer.certificate_view, name="certificate-view"),
    path("certificate/<int:certificate>/<str:sha256>.pdf", files.certificate, name="certificate"),
    # the archive
    path("packages", packages.package_list, name="packages"),
    path("packages/<str:number>", packages.package_page, name="package"),
    # supervision
    path("board", board.board, name="board"),
    # anybody
    path("v/<str:token>", verify.verify, name="verify"),
    path("v/<str:token>/file", verify.check_file, name="verify-file"),
    path("verify/<str:token>", verify.old_address, name="verify-long"),
    path("api/", api.urls),
]
